package dev.caravan.emulator.answer;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Makes a text that matches a simple regular expression: literals, {@code .}, classes, {@code \d \w \s}, groups, the
 * first of alternatives, and quantifiers (each taken at its least, the first ones at more when the text is to be longer). What it makes is checked; anything else gives
 * nothing.
 */
final class PatternSample {
    private static final int MAX_LENGTH = 10_000;

    /** A match of more repetitions of a group may take more stack than there is. */
    private static final int MAX_LONGER = 1_000;

    private final String pattern;
    private final StringBuilder made = new StringBuilder();
    private int at;

    /** Characters to be added by quantifiers that allow it. */
    private int missing;

    private PatternSample(String pattern, int missing) {
        this.pattern = pattern;
        this.missing = Math.min(missing, MAX_LONGER);
    }

    /** A text of the least length, or longer by about so many characters where the pattern allows it. */
    static Optional<String> of(String pattern, int longer) {
        try {
            PatternSample sample = new PatternSample(pattern, longer);
            sample.alternatives(true);
            String text = sample.made.toString();
            return sample.at == pattern.length()
                            && Pattern.compile(pattern).matcher(text).find()
                    ? Optional.of(text)
                    : Optional.empty();
        } catch (PatternSyntaxException | StringIndexOutOfBoundsException | NumberFormatException e) {
            // Not one of the simple ones.
            return Optional.empty();
        }
    }

    private void alternatives(boolean emit) {
        sequence(emit);
        while (at < pattern.length() && pattern.charAt(at) == '|') {
            at++;
            sequence(false);
        }
    }

    private void sequence(boolean emit) {
        while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
            int start = made.length();
            int before = missing;
            atom();
            String piece = made.substring(start);
            made.setLength(start);
            int times = quantifier(piece.length());
            missing = emit ? missing : before;
            if (emit && start + (long) piece.length() * times <= MAX_LENGTH) {
                made.append(piece.repeat(times));
            }
        }
    }

    private void atom() {
        char c = pattern.charAt(at++);
        switch (c) {
            case '^', '$' -> {}
            case '.' -> made.append('a');
            case '(' -> group();
            case '[' -> characterClass();
            case '\\' -> made.append(escaped(pattern.charAt(at++)));
            default -> made.append(c);
        }
    }

    private void group() {
        if (pattern.startsWith("?:", at)) {
            at += 2;
        } else if (pattern.startsWith("?", at)) {
            throw new PatternSyntaxException("not a simple group", pattern, at);
        }
        alternatives(true);
        if (pattern.charAt(at++) != ')') {
            throw new PatternSyntaxException("unclosed group", pattern, at);
        }
    }

    private void characterClass() {
        boolean negated = pattern.charAt(at) == '^';
        int start = at;
        at += negated ? 1 : 0;
        char first = pattern.charAt(at++);
        char choice = first == '\\' ? escapedText(pattern.charAt(at++)) : first;
        while (pattern.charAt(at) != ']') {
            at += pattern.charAt(at) == '\\' ? 2 : 1;
        }
        at++;
        if (negated) {
            Pattern allowed = Pattern.compile("[" + pattern.substring(start, at));
            for (char c : "a1 -A_.".toCharArray()) {
                if (allowed.matcher(String.valueOf(c)).matches()) {
                    choice = c;
                    break;
                }
            }
        }
        made.append(choice);
    }

    private static String escaped(char c) {
        return c == 'b' || c == 'B' ? "" : String.valueOf(escapedText(c));
    }

    private static char escapedText(char c) {
        if (c >= '0' && c <= '9') {
            throw new PatternSyntaxException("a reference to a group", String.valueOf(c), 0);
        }
        return switch (c) {
            case 'd' -> '1';
            case 'w', 'D', 'S' -> 'a';
            case 's', 'W' -> ' ';
            case 'n' -> '\n';
            case 't' -> '\t';
            default -> c;
        };
    }

    /** The least number of times, but once where none would do ({@code a*} gives one letter), and more for what is missing. */
    private int quantifier(int length) {
        if (at >= pattern.length()) {
            return 1;
        }
        int times = 1;
        int most = Integer.MAX_VALUE;
        switch (pattern.charAt(at)) {
            case '*', '+' -> at++;
            case '?' -> {
                most = 1;
                at++;
            }
            case '{' -> {
                int end = pattern.indexOf('}', at);
                String[] bounds = pattern.substring(at + 1, end).split(",", -1);
                times = Integer.parseInt(bounds[0]);
                String last = bounds[bounds.length - 1];
                most = last.isEmpty() ? most : Integer.parseInt(last);
                at = end + 1;
            }
            default -> {
                return 1;
            }
        }
        if (at < pattern.length() && (pattern.charAt(at) == '?' || pattern.charAt(at) == '+')) {
            at++;
        }
        return times + more(length, most - times);
    }

    private int more(int length, int most) {
        int times = length == 0 ? 0 : Math.min(most, (missing + length - 1) / length);
        missing = Math.max(0, missing - times * length);
        return times;
    }
}
