package dev.caravan.structured;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;

/** Sound JSON texts, and what models do to them. A mutation gives null where the text has nothing to damage that way. */
final class Damage {
    static final List<String> SEEDS = List.of(
            "{\"name\": \"Ada Lovelace\", \"born\": 1815, \"alive\": false}",
            "{\"number\": \"INV-7\", \"date\": \"2026-01-31\", \"currency\": \"EUR\", \"total\": 119.00}",
            "[{\"id\": 1, \"tag\": \"first\"}, {\"id\": 2, \"tag\": \"second\"}]",
            "{\"lines\": [{\"description\": \"Work, by the hour\", \"quantity\": 8, \"unit_price\": 90.5}], \"total\": 724.0}",
            "{\"empty\": {}, \"none\": [], \"nothing\": null}",
            "{\"a\": {\"b\": {\"c\": {\"d\": [1, 2, [3, 4, []]]}}}}",
            "[\"red\", \"green\", \"blue\"]",
            "[1, 2.50, -3, 4e2, 0]",
            "{\"text\": \"He said \\\"hello\\\" and left.\", \"ok\": true}",
            "{\"text\": \"two\\nlines\\tand a tab\", \"n\": 2}",
            "{\"path\": \"C:\\\\temp\\\\new\", \"regex\": \"^\\\\d+$\"}",
            "{\"it's\": \"that's it\", \"isn't\": \"it\"}",
            "{\"stadt\": \"Köln\", \"漢字\": \"かな\", \"emoji\": \"😀\"}",
            "{\"url\": \"https://example.com/a?b=1&c=2#d\", \"mail\": \"a@example.com\"}",
            "{\"sentiment\": \"positive\", \"confidence\": 0.93, \"reasons\": [\"warm words\", \"thanks\"]}",
            "{\"items\": [{\"sku\": \"A-1\", \"ok\": true}, {\"sku\": \"B-2\", \"ok\": false}, {\"sku\": \"C-3\", \"ok\": null}]}",
            "{\"matrix\": [[1, 0], [0, 1]], \"size\": 2}",
            "{\"from\": \"Berlin\", \"to\": \"Paris\", \"legs\": [{\"train\": \"ICE 10\", \"minutes\": 263}]}",
            "{\"code\": \"if (x > 0) { return [x]; }\", \"language\": \"js\"}",
            "{\"json\": \"{\\\"a\\\": 1}\", \"kind\": \"nested\"}",
            "{\"big\": 12345678901234567890, \"small\": 0.000001, \"digits\": 1.10}",
            "{\"question\": \"What is 2 + 2?\", \"options\": [\"3\", \"4\", \"5\"], \"answer\": 1}",
            "{\"title\": \"A, B: and C\", \"note\": \"see [1] and {2}\"}",
            "{\"key_1\": \"v\", \"key-2\": \"w\", \"$key\": \"x\", \"_k\": \"y\"}",
            "[true, false, null, \"true\", \"null\"]",
            "{\"mail\": \"Dear Ada,\\n\\nthank you.\\n\\nBob\", \"words\": 4}",
            "[\"a\\tb\\tc\", \"1\\t2\\t3\", \"end\\n\"]",
            "{\"poem\": \"roses, red\\nviolets: blue\", \"table\": \"x\\ty\", \"rows\": [1, 2]}",
            "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [\n      \"x\",\n      \"y\"\n    ]\n  }\n}",
            "{\"id_no\": 0, \"seen\": false, \"text\": \"Dear team,\\nthe \\\"old\\\" plan\\tis off.\", \"more\": {\"regex\": \"\\\\d+\"}}",
            "{\"note\": \"First. Second, with \\\"a word\\\" in quotes.\", \"pattern\": \"^\\\\d{4}-\\\\d{2}$\", \"ok\": false}",
            "{\"id_no\": 2, \"seen\": true, \"text\": \"Item\\tPrice\\nTea\\t2\", \"more\": {\"regex\": \"\\\\w+@\\\\w+\"}}",
            "{\"note\": \"She asked \\\"why\\\" and \\\"how\\\".\", \"pattern\": \"\\\\S+\\\\s\\\\S+\", \"ok\": true, \"tags\": [\"it's\", \"a_b\"]}",
            "{\"id_no\": 4, \"seen\": false, \"text\": \"A \\\"smart\\\" idea, isn't it? Yes.\", \"more\": {\"regex\": \"[A-Z]\\\\d\"}}",
            "{\"note\": \"Line one\\nLine two\\nLine three\", \"pattern\": \"C:\\\\Users\\\\Ada\", \"ok\": null}",
            "{\"id_no\": 6, \"seen\": true, \"text\": \"The so-called \\\"expert\\\" left\\nat noon.\", \"more\": {\"regex\": \"\\\\\\\\d\\\\w\"}}",
            "{\"note\": \"It's \\\"fine\\\", he said. OK\", \"pattern\": \"D:\\\\Work\\\\Plans\", \"ok\": false, \"tags\": [\"it's\", \"a_b\"]}",
            "{\"id_no\": 8, \"seen\": false, \"text\": \"Name:\\tAda\\nBorn:\\t1815\", \"more\": {\"regex\": \"\\\\d\\\\d:\\\\d\\\\d\"}}",
            "{\"note\": \"(\\\"quoted\\\" first) then not\", \"pattern\": \"\\\\p{L}+\", \"ok\": true}",
            "{\"id_no\": 10, \"seen\": true, \"text\": \"We don't \\\"know\\\" yet.\\n- one\\n- two\", \"more\": {\"regex\": \"\\\\D\"}}",
            "{\"note\": \"Tabs here and \\\"there\\\" too\", \"pattern\": \"\\\\A\\\\w\\\\Z\", \"ok\": null, \"tags\": [\"it's\", \"a_b\"]}",
            "{\"id_no\": 12, \"seen\": false, \"text\": \"Read \\\"War and Peace\\\" twice!\\n\", \"more\": {\"regex\": \"\\\\W*\"}}",
            "{\"note\": \"One \\\"x\\\" two \\\"y\\\" three. End\", \"pattern\": \"\\\\h+\", \"ok\": false}",
            "{\"id_no\": 14, \"seen\": true, \"text\": \"Step 1:\\nopen \\\"Settings\\\" now\\nStep 2:\\ndone\", \"more\": {\"regex\": \"\\\\d+\\\\s*EUR\"}}",
            "{\"note\": \"user_name isn't \\\"set\\\" here\", \"pattern\": \"\\\\Q(\\\\E\", \"ok\": true, \"tags\": [\"it's\", \"a_b\"]}");

    enum Mutation {
        TRAILING_COMMA((text, random) -> before(text, random, "}]", ",")),
        LEADING_COMMA((text, random) -> after(text, random, "{[", ",")),
        DOUBLE_COMMA((text, random) -> after(text, random, ",", ",")),
        MISSING_COMMA((text, random) -> replaced(text, random, ",", "")),
        MISSING_COLON((text, random) -> replaced(text, random, ":", " ")),
        SINGLE_QUOTES((text, random) -> quotes(text, '\'', '\'')),
        SMART_QUOTES((text, random) -> quotes(text, '\u201c', '\u201d')),
        BARE_KEYS((text, random) -> changed(text, text.replaceAll("\"([A-Za-z_$][A-Za-z0-9_$-]*)\"(?=: )", "$1"))),
        PYTHON_LITERALS((text, random) -> changed(
                text,
                text.replaceAll("(?<=[:\\[,] ?)true\\b(?!\")", "True")
                        .replaceAll("(?<=[:\\[,] ?)false\\b(?!\")", "False")
                        .replaceAll("(?<=[:\\[,] ?)null\\b(?!\")", "None"))),
        LINE_COMMENT((text, random) -> after(text, random, ",{[", " // as asked\n")),
        HASH_COMMENT((text, random) -> after(text, random, ",{[", " # as asked\n")),
        BLOCK_COMMENT((text, random) -> after(text, random, ",{[:", " /* as, asked */ ")),
        RAW_LINE_BREAK((text, random) -> changed(text, text.replaceAll("(?<!\\\\)\\\\n", "\n"))),
        RAW_TAB((text, random) -> changed(text, text.replaceAll("(?<!\\\\)\\\\t", "\t"))),
        NEEDLESS_ESCAPE((text, random) -> changed(text, text.replace("'", "\\'").replace("_", "\\_"))),
        BARE_BACKSLASH((text, random) -> changed(text, text.replaceAll("\\\\\\\\(?=[A-Za-z])", "\\\\"))),
        INNER_QUOTES((text, random) -> changed(text, text.replace("\\\"", "\""))),
        MISSING_END_BRACKET((text, random) -> text.substring(0, text.length() - 1)),
        MISSING_END_BRACKETS((text, random) -> changed(text, text.replaceAll("[\\s}\\]]+$", ""))),
        MISSING_END_QUOTE((text, random) -> changed(text, text.replaceAll("\"([\\s}\\]]*)$", "$1"))),
        MISSING_INNER_BRACKET(
                (text, random) -> changed(text, text.replaceFirst("([}\\]])([}\\]])(?=[\\s}\\]]*$)", "$2"))),
        PLUS_SIGN((text, random) -> changed(text, text.replaceAll("(?<=[:\\[,] )([0-9])", "+$1"))),
        BARE_FRACTION((text, random) -> changed(text, text.replaceAll("(?<=: )0\\.", "."))),
        TWO_AT_ONCE((text, random) -> {
            String once = BARE_KEYS.of(text, random);
            return once == null ? null : TRAILING_COMMA.of(once, random);
        });

        private final BiFunction<String, Random, String> change;

        Mutation(BiFunction<String, Random, String> change) {
            this.change = change;
        }

        String of(String text, Random random) {
            return change.apply(text, random);
        }
    }

    private Damage() {}

    private static String changed(String before, String after) {
        return before.equals(after) ? null : after;
    }

    private static String after(String text, Random random, String characters, String what) {
        int at = structural(text, random, characters);
        return at < 0 ? null : text.substring(0, at + 1) + what + text.substring(at + 1);
    }

    private static String before(String text, Random random, String characters, String what) {
        int at = structural(text, random, characters);
        return at < 0 || "{[".indexOf(text.charAt(at - 1)) >= 0
                ? null
                : text.substring(0, at) + what + text.substring(at);
    }

    private static String replaced(String text, Random random, String characters, String what) {
        int at = structural(text, random, characters);
        return at < 0 ? null : text.substring(0, at) + what + text.substring(at + 1);
    }

    /** The place of one of these characters outside of strings. */
    private static int structural(String text, Random random, String characters) {
        List<Integer> found = new ArrayList<>();
        boolean string = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                string = !string;
            } else if (!string && characters.indexOf(c) >= 0) {
                found.add(i);
            }
        }
        return found.isEmpty() ? -1 : found.get(random.nextInt(found.size()));
    }

    private static String quotes(String text, char open, char close) {
        StringBuilder out = new StringBuilder();
        boolean string = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                out.append(c).append(text.charAt(++i));
            } else if (c == '"') {
                string = !string;
                out.append(string ? open : close);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
