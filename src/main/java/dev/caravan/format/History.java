package dev.caravan.format;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Texts;
import java.util.ArrayList;
import java.util.List;

/** A conversation as a model may see it: without blank texts, which are refused, and without tools where it has none. */
final class History {
    private History() {}

    /**
     * System texts apart, and turns that alternate.
     *
     * @param plain whether calls and results of tools become text
     * @throws LlmException {@code invalid_request} when nothing is left to say
     */
    static Turns turns(LlmRequest request, boolean plain) {
        List<Message> messages = new ArrayList<>();
        for (Message message : request.messages()) {
            List<Block> blocks = message.content().stream()
                    .map(block -> plain ? told(block) : block)
                    .filter(block -> !isBlank(block))
                    .toList();
            if (!blocks.isEmpty()) {
                messages.add(new Message(message.role(), blocks));
            }
        }
        if (messages.isEmpty()) {
            throw LlmException.invalid("messages: at least one must have text.");
        }
        String system = request.system();
        return withoutBlankPrefill(Turns.of(request.toBuilder()
                .messages(messages)
                .system(system == null || Texts.isBlank(system) ? null : system)
                .build()));
    }

    /** The results of a turn first, as models want them. */
    static List<Block> resultsFirst(List<Block> blocks) {
        List<Block> ordered = new ArrayList<>(
                blocks.stream().filter(Block.ToolResult.class::isInstance).toList());
        blocks.stream().filter(block -> !(block instanceof Block.ToolResult)).forEach(ordered::add);
        return ordered;
    }

    /** The beginning of the answer must not end in white space. */
    private static Turns withoutBlankPrefill(Turns turns) {
        if (!turns.endsWithPrefill()) {
            return turns;
        }
        List<Message> all = new ArrayList<>(turns.turns());
        List<Block> last = new ArrayList<>(all.remove(all.size() - 1).content());
        int end = last.size() - 1;
        if (last.get(end) instanceof Block.Text text) {
            last.set(end, new Block.Text(text.text().stripTrailing()));
        }
        all.add(new Message(Role.ASSISTANT, last));
        return new Turns(turns.system(), all);
    }

    private static boolean isBlank(Block block) {
        return block instanceof Block.Text text && Texts.isBlank(text.text());
    }

    private static Block told(Block block) {
        if (block instanceof Block.ToolUse use) {
            return new Block.Text("[Called the tool " + use.name() + " (" + use.id() + ") with " + use.input() + "]");
        }
        if (block instanceof Block.ToolResult result) {
            return new Block.Text("[The tool call " + result.toolUseId() + (result.error() ? " failed: " : " gave: ")
                    + result.text() + "]");
        }
        return block;
    }
}
