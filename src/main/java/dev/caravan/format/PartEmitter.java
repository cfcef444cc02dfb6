package dev.caravan.format;

import dev.caravan.chat.Block;
import dev.caravan.chat.Part;
import dev.caravan.runtime.Texts;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Gives out the parts of one reply that are certain, and at its end what the whole reply has beyond them. A high surrogate is
 * kept until its other half is there; of what went out nothing is kept but what tells it from another.
 */
final class PartEmitter {
    private final GivenText text = new GivenText("text");
    private final GivenText reasoning = new GivenText("reasoning");
    private final Set<Integer> begunInputs = new HashSet<>();
    private final Set<Integer> saidInputs = new HashSet<>();
    private final Map<Integer, String> heldInputs = new HashMap<>();
    private String heldText = "";
    private String heldReasoning = "";

    /** More text that the answer has behind what was given out. */
    void text(String certain, Consumer<Part> out) {
        String whole = heldText + certain;
        int end = end(whole);
        heldText = whole.substring(end);
        String given = Texts.wellFormed(whole.substring(0, end));
        if (!given.isEmpty()) {
            text.add(given);
            out.accept(new Part.Text(given));
        }
    }

    /** More reasoning. */
    void reasoning(String certain, Consumer<Part> out) {
        String whole = heldReasoning + certain;
        int end = end(whole);
        heldReasoning = whole.substring(end);
        String given = Texts.wellFormed(whole.substring(0, end));
        if (!given.isEmpty()) {
            reasoning.add(given);
            out.accept(new Part.Reasoning(given));
        }
    }

    /** Whether reasoning was given out. */
    boolean hasReasoned() {
        return !reasoning.isEmpty();
    }

    /** Before a high surrogate at the end. */
    private static int end(String whole) {
        int length = whole.length();
        return length > 0 && Character.isHighSurrogate(whole.charAt(length - 1)) ? length - 1 : length;
    }

    /** More of a call's input; an empty piece tells of a call that has begun. */
    void toolInput(int index, String id, String name, String piece, Consumer<Part> out) {
        boolean first = begunInputs.add(index);
        String whole = heldInputs.getOrDefault(index, "") + piece;
        int end = end(whole);
        heldInputs.put(index, whole.substring(end));
        String given = Texts.wellFormed(whole.substring(0, end));
        if (first || !given.isEmpty()) {
            if (!given.isBlank()) {
                saidInputs.add(index);
            }
            out.accept(new Part.ToolInput(index, id, name, given));
        }
    }

    /**
     * What the reply has beyond the parts that were given out. Of a reply with calls that cannot be read, nothing: it is no
     * answer, and the inputs went out as they came. Reasoning of which the whole reply has none was given out of an answer
     * that only its end told to be text (see {@link InlineReasoningStream}); that text follows.
     *
     * @throws IllegalStateException when something was given out that the reply does not have, which is a bug
     */
    void rest(FormatReply reply, Consumer<Part> out) {
        if (!reply.unreadCalls().isEmpty()) {
            return;
        }
        heldText = "";
        heldReasoning = "";
        if (reply.reasoning() != null) {
            reasoning(reasoning.beyond(reply.reasoning()), out);
        }
        text(text.beyond(reply.text()), out);
        int index = 0;
        for (Block.ToolUse call : reply.toolCalls()) {
            if (!saidInputs.contains(index)) {
                toolInput(index, call.id(), call.name(), call.input().toString(), out);
            }
            index++;
        }
    }
}
