package dev.caravan.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A part of an answer, given out as soon as it is certain. Joined, the parts of an answer are its reply's. */
public sealed interface Part {

    /**
     * More of the answer's text.
     *
     * @param text not empty; no half of a surrogate pair at its ends
     */
    record Text(String text) implements Part {
        public Text {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * More of the model's reasoning.
     *
     * @param text as of {@link Text}
     */
    record Reasoning(String text) implements Part {
        public Reasoning {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * More of the input of a tool's call.
     *
     * @param index of the call in the answer, from 0 without gaps; the calls' parts do not mix
     * @param id of the call, the same in all of its parts
     * @param name of the tool
     * @param input part of the input's JSON text; joined, the parts of a call are a JSON object. Empty in the first part of
     *     a call whose input has not begun
     */
    record ToolInput(int index, String id, String name, String input) implements Part {
        public ToolInput {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(input, "input");
        }
    }

    /**
     * The parts of an answer that came in one piece: its reasoning, its text, its calls.
     *
     * @param reasoning null for none
     */
    static List<Part> whole(String reasoning, String text, List<Block.ToolUse> calls) {
        List<Part> parts = new ArrayList<>();
        if (reasoning != null && !reasoning.isEmpty()) {
            parts.add(new Reasoning(reasoning));
        }
        if (!text.isEmpty()) {
            parts.add(new Text(text));
        }
        for (int i = 0; i < calls.size(); i++) {
            Block.ToolUse call = calls.get(i);
            parts.add(new ToolInput(i, call.id(), call.name(), call.input().toString()));
        }
        return parts;
    }
}
