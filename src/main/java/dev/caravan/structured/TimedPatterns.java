package dev.caravan.structured;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Regular expressions of schemas: the JDK's, over text that looks at the {@link Budget} whenever it is read. */
final class TimedPatterns implements RegularExpressionFactory {
    @Override
    public RegularExpression getRegularExpression(String regex) {
        Pattern pattern = compile(regex);
        return value -> pattern.matcher(new TimedText(value)).find();
    }

    /** @throws PatternSyntaxException when it is none, or too deeply nested to be read */
    static Pattern compile(String regex) {
        try {
            return Pattern.compile(translated(regex));
        } catch (StackOverflowError e) {
            throw new PatternSyntaxException("nested too deeply", "", -1);
        }
    }

    /** In ECMA-262 {@code $} is the very end, not also before a last line break, and a class holds no other class. */
    private static String translated(String regex) {
        StringBuilder out = new StringBuilder(regex.length() + 8);
        boolean inClass = false;
        for (int i = 0; i < regex.length(); i++) {
            char c = regex.charAt(i);
            if (c == '\\' && i + 1 < regex.length()) {
                out.append(c).append(regex.charAt(++i));
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
