package dev.caravan.config;

import java.util.ArrayList;
import java.util.List;

/** Every setting in words, for the documentation. */
public final class SettingsTable {
    private static final String NOT_YET = "(not in this version) ";

    private SettingsTable() {}

    /** A Markdown table: head, rule and one row per key, in the order of {@code application.properties}. */
    public static List<String> markdown() {
        List<String> rows = new ArrayList<>();
        rows.add("| key | variable | default | range | meaning |");
        rows.add("|---|---|---|---|---|");
        Keys.ALL.forEach(key -> rows.add(row(key)));
        return List.copyOf(rows);
    }

    private static String row(Key<?> key) {
        String defaultText = key.defaultText().isEmpty() ? "–" : "`" + key.defaultText() + "`";
        return String.join(
                " | ",
                "| `" + key.name() + "`",
                "`" + key.env() + "`",
                defaultText,
                key.rule().text(),
                meaning(key) + " |");
    }

    /** What stands above a key in {@code application.properties}. */
    static List<String> comment(Key<?> key) {
        return List.of("# " + meaning(key), "# " + key.env() + ": " + key.rule().text());
    }

    private static String meaning(Key<?> key) {
        return (key.available() ? "" : NOT_YET) + key.meaning();
    }
}
