package dev.caravan.chat;

import java.util.Objects;

/** One part of a message's content. */
public sealed interface Block {

    /**
     * Plain text.
     *
     * @param text never blank in a request that a door accepted
     */
    record Text(String text) implements Block {
        public Text {
            Objects.requireNonNull(text, "text");
        }
    }
}
