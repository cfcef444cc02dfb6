package dev.caravan.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;

/** Members of a body, written only when they were given. */
final class PromptBody {
    private PromptBody() {}

    static void sampling(LlmRequest request, ObjectNode body, String topP) {
        if (request.temperature() != null) {
            body.put("temperature", request.temperature());
        }
        if (request.topP() != null) {
            body.put(topP, request.topP());
        }
    }

    static void maxTokens(LlmRequest request, ObjectNode body, String name) {
        if (request.maxTokens() != null) {
            body.put(name, request.maxTokens());
        }
    }

    static void stop(LlmRequest request, ObjectNode body) {
        if (!request.stop().isEmpty()) {
            request.stop().forEach(body.putArray("stop")::add);
        }
    }

    /** System texts before a text of the user, for families without a system turn. */
    static String withSystem(String system, String text) {
        return system == null ? text : system + "\n\n" + text;
    }
}
