package dev.caravan.chat;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * One turn of a conversation.
 *
 * @param role who speaks
 * @param content one or more blocks, in order
 */
public record Message(Role role, List<Block> content) {

    public Message {
        Objects.requireNonNull(role, "role");
        content = List.copyOf(content);
        if (content.isEmpty()) {
            throw new IllegalArgumentException("a message needs content");
        }
    }

    /** A message of one text block. */
    public static Message of(Role role, String text) {
        return new Message(role, List.of(new Block.Text(text)));
    }

    /** All text blocks, joined by a line break. */
    public String text() {
        return content.stream()
                .filter(Block.Text.class::isInstance)
                .map(block -> ((Block.Text) block).text())
                .collect(Collectors.joining("\n"));
    }
}
