package dev.caravan.emulator;

import java.util.LinkedHashMap;
import java.util.Map;

/** Counts calls that misbehaved, per text; of the texts not seen for longest it forgets. Thread-safe. */
final class CallCounter {
    private static final int MAX_TEXTS = 10_000;

    private final Map<String, Integer> used = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MAX_TEXTS;
        }
    };

    /** Whether this call is one of the first {@code times}; when not, the count starts anew. */
    synchronized boolean take(String text, int times) {
        int before = used.getOrDefault(text, 0);
        if (before >= times) {
            used.remove(text);
            return false;
        }
        used.put(text, before + 1);
        return true;
    }

    synchronized void clear() {
        used.clear();
    }
}
