package dev.caravan.chat;

import java.util.Objects;

/**
 * Whether and which tool the model calls.
 *
 * @param mode the rule
 * @param name the tool's name with {@link Mode#TOOL}, else null
 */
public record ToolChoice(Mode mode, String name) {

    /** The rule. */
    public enum Mode {
        /** The model decides. */
        AUTO,
        /** It calls at least one. */
        ANY,
        /** It calls none. */
        NONE,
        /** It calls the named one. */
        TOOL
    }

    public ToolChoice {
        Objects.requireNonNull(mode, "mode");
        if ((mode == Mode.TOOL) != (name != null)) {
            throw new IllegalArgumentException("a tool's name belongs to the mode TOOL");
        }
    }

    public static ToolChoice of(Mode mode) {
        return new ToolChoice(mode, null);
    }

    public static ToolChoice tool(String name) {
        return new ToolChoice(Mode.TOOL, name);
    }
}
