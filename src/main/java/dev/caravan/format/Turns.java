package dev.caravan.format;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A request's conversation as most families want it: system texts apart, and turns that alternate because those of the
 * same role are merged.
 *
 * @param system the system prompt and the system messages, in order; empty when there are none
 * @param turns messages of user and assistant, no two neighbours of one role
 */
record Turns(List<String> system, List<Message> turns) {

    static Turns of(LlmRequest request) {
        List<String> system = Stream.concat(
                        Stream.ofNullable(request.system()),
                        request.messages().stream()
                                .filter(message -> message.role() == Role.SYSTEM)
                                .map(Message::text))
                .toList();
        return new Turns(system, merged(request));
    }

    private static List<Message> merged(LlmRequest request) {
        List<Message> merged = new ArrayList<>();
        for (Message message : request.messages()) {
            if (message.role() == Role.SYSTEM) {
                continue;
            }
            int last = merged.size() - 1;
            if (last >= 0 && merged.get(last).role() == message.role()) {
                List<Block> both = new ArrayList<>(merged.get(last).content());
                both.addAll(message.content());
                merged.set(last, new Message(message.role(), both));
            } else {
                merged.add(message);
            }
        }
        return List.copyOf(merged);
    }

    /** All system texts, a blank line between them; null when there are none. */
    String systemText() {
        return system.isEmpty() ? null : String.join("\n\n", system);
    }

    /** Whether the caller began the assistant's answer. */
    boolean endsWithPrefill() {
        return !turns.isEmpty() && turns.get(turns.size() - 1).role() == Role.ASSISTANT;
    }
}
