package dev.caravan.config;

import dev.caravan.runtime.NativeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Gathers problems and warnings in words that are safe to show: one line each, no secret. */
final class Complaints {
    private static final int MAX_SHOWN = 120;
    private static final String HIDDEN = "***";
    private static final Pattern SECRET_NAME =
            Pattern.compile("key|secret|token|passw|credential|bearer|auth", Pattern.CASE_INSENSITIVE);
    /** An address with a user and password, or with a query. */
    private static final Pattern MAY_HOLD_SECRET = Pattern.compile("[@?]");

    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    void problem(Given given, Key<?> key, String rule) {
        String because = NativeText.canSay(given.text())
                ? ""
                : "; this locale (" + NativeText.encoding() + ") cannot say the value: " + NativeText.ADVICE;
        problem(key.name(), key.secret() ? HIDDEN : value(given.text()), rule + because, given.from());
    }

    /**
     * A key that nobody knows. What was meant by it is a guess, so its value shows only when neither its own name nor
     * that of its likely meaning speaks of a secret.
     */
    void unknown(String name, Given given, boolean likelySecret, String rule) {
        boolean hidden = likelySecret || SECRET_NAME.matcher(name).find();
        problem(line(name), hidden ? HIDDEN : value(given.text()), rule, given.from());
    }

    private void problem(String name, String shownValue, String rule, String from) {
        problems.add(name + " = " + shownValue + ": " + rule + " (from " + from + ")");
    }

    /** A problem with a file as a whole or with one of its lines; the text must not quote the file. */
    void fileProblem(String text) {
        problems.add(text);
    }

    void warning(String text) {
        warnings.add(line(text));
    }

    void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new SettingsException(problems, warnings);
        }
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    private static String value(String text) {
        return MAY_HOLD_SECRET.matcher(text).find() ? HIDDEN : line(text);
    }

    /** The text on one line, what cannot be printed as {@code \\uXXXX}, cut when it is long. */
    private static String line(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(MAX_SHOWN).forEach(character -> append(line, character));
        return text.codePointCount(0, text.length()) > MAX_SHOWN
                ? line.append('…').toString()
                : line.toString();
    }

    private static void append(StringBuilder line, int character) {
        switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> line.append(String.format(Locale.ROOT, "\\u%04x", character));
            default -> line.appendCodePoint(character);
        }
    }
}
