package dev.caravan.format;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads prompts as a model's tokenizer does: a token is a token wherever it stands, and a prompt must be built of
 * exactly the tokens that its template has. Shares nothing with the classes that write prompts.
 */
final class PromptSplitter {

    record Turn(String role, String text) {}

    private static final Pattern ANY_LLAMA_TOKEN = Pattern.compile("<\\|\\w+\\|>");
    private static final Pattern ANY_R1_TOKEN = Pattern.compile("<[｜|][^\\s<>｜|]+[｜|]>|</?think>");
    private static final Pattern ANY_INSTRUCT_TOKEN =
            Pattern.compile("</?s>|<unk>|<</?SYS>>|\\[/?(INST|TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS)]");
    private static final Pattern LINE = Pattern.compile("[\\n\\r\\u000B\\f\\u001C-\\u001E\\u0085\\u2028\\u2029]");

    private PromptSplitter() {}

    static List<Turn> split(String format, String prompt) {
        return switch (format) {
            case "llama3-prompt" -> headers(prompt, "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>");
            case "llama4-prompt" -> headers(prompt, "<|header_start|>", "<|header_end|>", "<|eot|>");
            case "llama2-prompt" -> llama2(prompt);
            case "mistral-prompt", "mistral-prompt-v2" -> mistral(prompt);
            case "deepseek-prompt" -> deepseek(prompt);
            case "titan-text" -> titan(prompt);
            default -> throw new IllegalArgumentException(format);
        };
    }

    /** The prompt as tokens and, between any two of them, text: t0 token t1 token t2 … */
    private static List<String> pieces(String prompt, Pattern tokens) {
        List<String> pieces = new ArrayList<>();
        Matcher matcher = tokens.matcher(prompt);
        int from = 0;
        while (matcher.find()) {
            pieces.add(prompt.substring(from, matcher.start()));
            pieces.add(matcher.group());
            from = matcher.end();
        }
        pieces.add(prompt.substring(from));
        return pieces;
    }

    private static List<Turn> headers(String prompt, String start, String end, String over) {
        Reader reader = new Reader(pieces(prompt, ANY_LLAMA_TOKEN));
        reader.expect("", "<|begin_of_text|>");
        List<Turn> turns = new ArrayList<>();
        while (true) {
            reader.expect("", start);
            String role = reader.textBefore(end);
            if (reader.atLast()) {
                reader.end("\n\n");
                turns.add(new Turn(role, null));
                return turns;
            }
            turns.add(new Turn(role, without("\n\n", reader.textBefore(over), "")));
        }
    }

    private static List<Turn> llama2(String prompt) {
        Reader reader = new Reader(pieces(prompt, ANY_INSTRUCT_TOKEN));
        List<Turn> turns = new ArrayList<>();
        String before = "";
        while (true) {
            reader.expect(before, "<s>");
            reader.expect("", "[INST]");
            String user = reader.next();
            String token = reader.next();
            if (token.equals("<<SYS>>")) {
                require(user.equals(" ") && turns.isEmpty(), "a system prompt here");
                turns.add(new Turn("system", without("\n", reader.textBefore("<</SYS>>"), "\n")));
                turns.add(new Turn("user", without("\n\n", reader.textBefore("[/INST]"), " ")));
            } else {
                require(token.equals("[/INST]"), token);
                turns.add(new Turn("user", without(" ", user, " ")));
            }
            if (reader.atLast()) {
                reader.end("");
                turns.add(new Turn("assistant", null));
                return turns;
            }
            turns.add(new Turn("assistant", without(" ", reader.textBefore("</s>"), " ")));
        }
    }

    private static List<Turn> mistral(String prompt) {
        Reader reader = new Reader(pieces(prompt, ANY_INSTRUCT_TOKEN));
        reader.expect("", "<s>");
        List<Turn> turns = new ArrayList<>();
        while (true) {
            reader.expect("", "[INST]");
            turns.add(new Turn("user", without(" ", reader.textBefore("[/INST]"), " ")));
            if (reader.atLast()) {
                reader.end("");
                turns.add(new Turn("assistant", null));
                return turns;
            }
            turns.add(new Turn("assistant", without(" ", reader.textBefore("</s>"), "")));
        }
    }

    private static List<Turn> deepseek(String prompt) {
        Reader reader = new Reader(pieces(prompt, ANY_R1_TOKEN));
        reader.expect("", "<｜begin▁of▁sentence｜>");
        List<Turn> turns = new ArrayList<>();
        String system = reader.textBefore("<｜User｜>");
        if (!system.isEmpty()) {
            turns.add(new Turn("system", system));
        }
        while (true) {
            turns.add(new Turn("user", reader.textBefore("<｜Assistant｜>")));
            String text = reader.next();
            String token = reader.next();
            if (token.equals("<think>")) {
                require(text.isEmpty(), text);
                reader.end("\n");
                turns.add(new Turn("assistant", null));
                return turns;
            }
            require(token.equals("<｜end▁of▁sentence｜>"), token);
            turns.add(new Turn("assistant", text));
            reader.expect("", "<｜User｜>");
        }
    }

    private static List<Turn> titan(String prompt) {
        List<Turn> turns = new ArrayList<>();
        Matcher line = Pattern.compile(
                        "(^|" + LINE + ")([\\t\\p{Zs}\u200B\uFEFF]*)(user|bot)\\h*:", Pattern.CASE_INSENSITIVE)
                .matcher(prompt);
        int from = -1;
        String role = null;
        while (line.find()) {
            if (role != null) {
                turns.add(new Turn(role, without(" ", prompt.substring(from, line.start()), "")));
            }
            require(from < 0 || line.group(1).equals("\n"), "a turn after a line break only");
            require(line.group(2).isEmpty(), "a turn at the beginning of a line");
            role = line.group(3).equals("User") ? "user" : "assistant";
            from = line.end();
        }
        require("assistant".equals(role) && from == prompt.length(), "the prompt ends with the open turn");
        turns.add(new Turn(role, null));
        return turns;
    }

    private static String without(String prefix, String text, String suffix) {
        require(
                text.length() >= prefix.length() + suffix.length() && text.startsWith(prefix) && text.endsWith(suffix),
                text);
        return text.substring(prefix.length(), text.length() - suffix.length());
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("not of the template: " + what);
        }
    }

    private static final class Reader {
        private final List<String> pieces;
        private int at;

        Reader(List<String> pieces) {
            this.pieces = pieces;
        }

        String next() {
            require(at < pieces.size(), "the prompt ends too early");
            return pieces.get(at++);
        }

        void expect(String text, String token) {
            require(next().equals(text), "text before " + token);
            require(next().equals(token), "no " + token);
        }

        String textBefore(String token) {
            String text = next();
            String found = next();
            require(found.equals(token), found + " instead of " + token);
            return text;
        }

        boolean atLast() {
            return at == pieces.size() - 1;
        }

        void end(String text) {
            require(next().equals(text) && at == pieces.size(), "the end");
        }
    }
}
