package dev.caravan.chat;

import com.fasterxml.jackson.databind.JsonNode;
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

    /**
     * The assistant calls a tool.
     *
     * @param id ties the call to its result; unique in the conversation
     * @param name the tool's name
     * @param input a JSON object; never changed by whoever holds the block
     */
    record ToolUse(String id, String name, JsonNode input) implements Block {
        public ToolUse {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(input, "input");
        }
    }

    /**
     * What a tool gave back; stands in a message of the user.
     *
     * @param toolUseId id of the call that it answers
     * @param text the result as text or JSON text
     * @param error whether the tool failed
     */
    record ToolResult(String toolUseId, String text, boolean error) implements Block {
        public ToolResult {
            Objects.requireNonNull(toolUseId, "toolUseId");
            Objects.requireNonNull(text, "text");
        }
    }
}
