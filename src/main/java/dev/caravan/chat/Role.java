package dev.caravan.chat;

import java.util.Locale;

/** Who speaks in a {@link Message}. */
public enum Role {
    USER,
    ASSISTANT,
    SYSTEM;

    /** The lower-case word used in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
