package dev.caravan.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Words of a command line as pairs {@code --name value}, and after {@code --} another command. */
final class Options {
    private final Map<String, String> values = new HashMap<>();
    private final List<String> rest;

    /** @throws IllegalArgumentException when the words are no pairs */
    Options(String... words) {
        List<String> all = List.of(words);
        int end = all.contains("--") ? all.indexOf("--") : all.size();
        for (int i = 0; i < end; i += 2) {
            if (!all.get(i).startsWith("--") || i + 1 >= end) {
                throw new IllegalArgumentException("expected --name value, not " + all.get(i));
            }
            values.put(all.get(i).substring(2), all.get(i + 1));
        }
        rest = all.subList(Math.min(end + 1, all.size()), all.size());
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("--" + name + " is missing");
        }
        return value;
    }

    String text(String name, String absent) {
        return values.getOrDefault(name, absent);
    }

    int number(String name, int absent) {
        return Integer.parseInt(text(name, Integer.toString(absent)));
    }

    /** The words after {@code --}. */
    List<String> rest() {
        return rest;
    }
}
