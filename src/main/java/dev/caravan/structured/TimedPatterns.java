package dev.caravan.structured;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Regular expressions of schemas: the JDK's, over text that looks at the {@link Budget} whenever it is read. */
final class TimedPatterns implements RegularExpressionFactory {
    /** The JDK takes time by the square to read one. */
    private static final int MAX_CHARS = 4_000;

    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{1,6}");

    /** General categories of Unicode, of which the JDK knows the short names only. */
    private static final Map<String, String> CATEGORIES = categories();

    @Override
    public RegularExpression getRegularExpression(String regex) {
        Pattern pattern = compile(regex);
        return value -> pattern.matcher(new TimedText(value)).find();
    }

    /** @throws PatternSyntaxException when it is none, or too long or too deeply nested to be read */
    static Pattern compile(String regex) {
        if (regex.length() > MAX_CHARS) {
            throw new PatternSyntaxException("longer than " + MAX_CHARS, "", -1);
        }
        try {
            return Pattern.compile(translated(regex));
        } catch (StackOverflowError e) {
            throw new PatternSyntaxException("nested too deeply", "", -1);
        }
    }

    /**
     * In ECMA-262 {@code $} is the very end, not also before a last line break, and a class holds no other class. Some of its
     * escapes are spelled otherwise here.
     */
    private static String translated(String regex) {
        StringBuilder out = new StringBuilder(regex.length() + 8);
        boolean inClass = false;
        for (int i = 0; i < regex.length(); i++) {
            char c = regex.charAt(i);
            if (c == '\\' && i + 1 < regex.length()) {
                i = escape(regex, i, out);
            } else if (!inClass && regex.startsWith("[^]", i)) {
                out.append("[\\s\\S]");
                i += 2;
            } else if (inClass) {
                inClass = c != ']';
                out.append(c == '[' || c == '&' ? "\\" : "").append(c);
            } else {
                inClass = c == '[';
                out.append(c == '$' ? "\\z" : String.valueOf(c));
            }
        }
        return out.toString();
    }

    /** The last place of the escape that begins here. */
    private static int escape(String regex, int at, StringBuilder out) {
        char kind = regex.charAt(at + 1);
        int end = at + 2 < regex.length() && regex.charAt(at + 2) == '{' ? regex.indexOf('}', at) : -1;
        String name = end < 0 ? "" : regex.substring(at + 3, end);
        if (kind == 'u' && HEX.matcher(name).matches()) {
            out.append("\\x{").append(name).append('}');
            return end;
        }
        if ((kind == 'p' || kind == 'P') && CATEGORIES.containsKey(name)) {
            out.append('\\')
                    .append(kind)
                    .append('{')
                    .append(CATEGORIES.get(name))
                    .append('}');
            return end;
        }
        out.append('\\').append(kind);
        return at + 1;
    }

    private static Map<String, String> categories() {
        Map<String, String> categories = new HashMap<>();
        for (String pair : """
                Letter L, Cased_Letter LC, Uppercase_Letter Lu, Lowercase_Letter Ll, Titlecase_Letter Lt,
                Modifier_Letter Lm, Other_Letter Lo, Mark M, Nonspacing_Mark Mn, Spacing_Mark Mc, Enclosing_Mark Me,
                Number N, Decimal_Number Nd, Letter_Number Nl, Other_Number No, Punctuation P, Connector_Punctuation Pc,
                Dash_Punctuation Pd, Open_Punctuation Ps, Close_Punctuation Pe, Initial_Punctuation Pi,
                Final_Punctuation Pf, Other_Punctuation Po, Symbol S, Math_Symbol Sm, Currency_Symbol Sc,
                Modifier_Symbol Sk, Other_Symbol So, Separator Z, Space_Separator Zs, Line_Separator Zl,
                Paragraph_Separator Zp, Other C, Control Cc, Format Cf, Surrogate Cs, Private_Use Co, Unassigned Cn
                """.strip().split(",\\s+")) {
            int gap = pair.indexOf(' ');
            categories.put(pair.substring(0, gap), pair.substring(gap + 1));
        }
        return Map.copyOf(categories);
    }

    private record TimedText(String text) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            Budget.step();
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
