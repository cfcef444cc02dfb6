package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;

/**
 * The chunks of the families whose reply is one text, and the unary body that they make together. What has not come yet is
 * null or absent in a chunk; counts run, so that the last one holds.
 *
 * <p>Sources: the families' pages of the Amazon Bedrock user guide, and recorded streams.
 */
enum PromptChunks {
    /** {@code {"generation", "stop_reason", "prompt_token_count", "generation_token_count"}}, as in one piece. */
    LLAMA {
        @Override
        JsonNode text(JsonNode chunk) {
            return chunk.path("generation");
        }

        @Override
        JsonNode stopReason(JsonNode chunk) {
            return chunk.path("stop_reason");
        }

        @Override
        void count(JsonNode chunk, ObjectNode counts) {
            last(chunk, "prompt_token_count", counts);
            last(chunk, "generation_token_count", counts);
        }

        @Override
        ObjectNode body(String text, String stopReason, ObjectNode counts) {
            return counts.deepCopy().put("generation", text).put("stop_reason", stopReason);
        }
    },

    /** {@code {"outputs": [{"text", "stop_reason"}]}}, as in one piece. */
    MISTRAL {
        @Override
        JsonNode text(JsonNode chunk) {
            return first(chunk, "outputs").path("text");
        }

        @Override
        JsonNode stopReason(JsonNode chunk) {
            return first(chunk, "outputs").path("stop_reason");
        }

        @Override
        void count(JsonNode chunk, ObjectNode counts) {
            // Bedrock's metrics alone have them.
        }

        @Override
        ObjectNode body(String text, String stopReason, ObjectNode counts) {
            ObjectNode body = Json.object();
            body.putArray("outputs").addObject().put("text", text).put("stop_reason", stopReason);
            return body;
        }
    },

    /** {@code {"outputText", "completionReason", "inputTextTokenCount", "totalOutputTextTokenCount"}}. */
    TITAN {
        @Override
        JsonNode text(JsonNode chunk) {
            return chunk.path("outputText");
        }

        @Override
        JsonNode stopReason(JsonNode chunk) {
            return chunk.path("completionReason");
        }

        @Override
        void count(JsonNode chunk, ObjectNode counts) {
            last(chunk, "inputTextTokenCount", counts);
            last(chunk, "totalOutputTextTokenCount", counts);
        }

        @Override
        ObjectNode body(String text, String stopReason, ObjectNode counts) {
            ObjectNode body = Json.object();
            body.set("inputTextTokenCount", counts.get("inputTextTokenCount"));
            ObjectNode result = body.putArray("results").addObject();
            result.set("tokenCount", counts.get("totalOutputTextTokenCount"));
            result.put("outputText", text).put("completionReason", stopReason);
            return body;
        }
    },

    /** {@code {"choices": [{"text", "stop_reason" or "finish_reason"}], "usage"}}: {@link TextCompletion}. */
    COMPLETION {
        @Override
        JsonNode text(JsonNode chunk) {
            return first(chunk, "choices").path("text");
        }

        @Override
        JsonNode stopReason(JsonNode chunk) {
            return TextCompletion.stopReason(first(chunk, "choices"));
        }

        @Override
        void count(JsonNode chunk, ObjectNode counts) {
            last(chunk.path("usage"), "prompt_tokens", counts);
            last(chunk.path("usage"), "completion_tokens", counts);
        }

        @Override
        ObjectNode body(String text, String stopReason, ObjectNode counts) {
            ObjectNode body = Json.object();
            body.putArray("choices").addObject().put("text", text).put("stop_reason", stopReason);
            body.set("usage", counts);
            return body;
        }
    };

    /** The chunk's piece of the text; missing or null when it has none. */
    abstract JsonNode text(JsonNode chunk);

    /** The model's word for why it stopped; no string when the chunk has none. */
    abstract JsonNode stopReason(JsonNode chunk);

    /** Takes the chunk's token counts over. */
    abstract void count(JsonNode chunk, ObjectNode counts);

    /** @param stopReason null when there is none */
    abstract ObjectNode body(String text, String stopReason, ObjectNode counts);

    private static void last(JsonNode chunk, String name, ObjectNode counts) {
        Long count = ReplyReading.count(chunk.path(name), null);
        if (count != null) {
            counts.put(name, count);
        }
    }

    private static JsonNode first(JsonNode chunk, String list) {
        JsonNode all = chunk.path(list);
        if (all.isMissingNode() || all.isNull() || all.isArray() && all.isEmpty()) {
            return MissingNode.getInstance();
        }
        if (!all.path(0).isObject()) {
            throw ReplyReading.unreadable("the " + list + " of a chunk are no list of objects", null);
        }
        return all.path(0);
    }
}
