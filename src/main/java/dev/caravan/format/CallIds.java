package dev.caravan.format;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import java.util.HashSet;
import java.util.Set;

/** Ids for calls that came without: {@code call_1}, {@code call_2} …, none of which the conversation has already. */
final class CallIds {
    private final Set<String> used = new HashSet<>();
    private int number;

    CallIds(LlmRequest request) {
        request.messages().stream()
                .flatMap(message -> message.content().stream())
                .forEach(this::use);
        number = used.size();
    }

    private void use(Block block) {
        if (block instanceof Block.ToolUse call) {
            used.add(call.id());
        } else if (block instanceof Block.ToolResult result) {
            used.add(result.toolUseId());
        }
    }

    /** Keeps an id of the reply itself from being made a second time. */
    void use(String id) {
        used.add(id);
    }

    String next() {
        String id;
        do {
            number++;
            id = "call_" + number;
        } while (!used.add(id));
        return id;
    }
}
