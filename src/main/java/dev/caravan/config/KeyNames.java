package dev.caravan.config;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds keys by name or variable, and the one that was probably meant by an unknown name. */
final class KeyNames {
    private static final Map<String, Key<?>> BY_NAME = by(Key::name);
    private static final Map<String, Key<?>> BY_ENV = by(Key::env);
    private static final Map<String, Key<?>> BY_PLAIN_ENV = by(key -> Key.envOf(key.name()));
    private static final List<Pattern> PROVIDERS = List.of(
            Pattern.compile("caravan\\.providers\\.(?!(bedrock|groq)\\.)[a-z0-9]+\\.(base-url|api-key|model)"),
            Pattern.compile("CARAVAN_PROVIDERS_(?!(BEDROCK|GROQ)_)[A-Z0-9]+_(BASE_URL|API_KEY|MODEL)"));
    private static final int MAX_NAME = 100;

    private KeyNames() {}

    private static Map<String, Key<?>> by(Function<Key<?>, String> name) {
        return Keys.ALL.stream().collect(Collectors.toUnmodifiableMap(name, Function.identity()));
    }

    static Optional<Key<?>> byName(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    static Optional<Key<?>> byEnv(String variable) {
        return Optional.ofNullable(BY_ENV.get(variable));
    }

    /** Whether a key or variable describes one more OpenAI-compatible server. */
    static boolean isProvider(String name) {
        return PROVIDERS.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }

    /** The key that an unknown key or variable stands for, most likely. */
    static Optional<Key<?>> nearest(String name) {
        if (name.length() > MAX_NAME) {
            return Optional.empty();
        }
        String variable = Key.envOf(name);
        return byEnv(variable)
                .or(() -> Optional.ofNullable(BY_PLAIN_ENV.get(variable)))
                .or(() -> mostAlike(variable));
    }

    private static Optional<Key<?>> mostAlike(String variable) {
        int allowed = Math.max(2, (variable.length() - Key.ENV_PREFIX.length()) / 3);
        return Keys.ALL.stream()
                .min(Comparator.comparingInt(key -> distance(variable, key)))
                .filter(key -> distance(variable, key) <= allowed)
                .map(Function.identity());
    }

    private static int distance(String variable, Key<?> key) {
        return Math.min(edits(variable, key.env()), edits(variable, Key.envOf(key.name())));
    }

    /** Levenshtein distance: the fewest characters to insert, delete or replace. */
    private static int edits(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
