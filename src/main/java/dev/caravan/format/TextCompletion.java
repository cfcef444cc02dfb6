package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import java.util.Map;

/**
 * The reply of a text completion, {@code {"choices": [{"text", "finish_reason"}], "usage": {"prompt_tokens",
 * "completion_tokens"}}}: DeepSeek-R1's, whose reason is called {@code stop_reason} and which has its counts in headers
 * (Amazon Bedrock user guide, "DeepSeek models"), and that of imported models of any family, with {@code "object":
 * "text_completion"} (the same, "Invoke your imported model").
 *
 * @param text what the model wrote
 * @param stopReason the model's own word, or null
 */
record TextCompletion(String text, String stopReason) {
    /** OpenAI's words; those of the prompt families' own replies are among them. */
    static final Map<String, StopReason> STOP_REASONS = Map.of(
            "stop", StopReason.END_TURN,
            "eos_token", StopReason.END_TURN,
            "length", StopReason.MAX_TOKENS,
            "content_filter", StopReason.CONTENT_FILTERED);

    /** Whether a reply has this form. */
    static boolean is(JsonNode reply) {
        return reply.path("choices").isArray();
    }

    /** @throws dev.caravan.error.LlmException {@code provider_error} when it has no text */
    static TextCompletion of(JsonNode reply) {
        JsonNode choice = reply.path("choices").path(0);
        String text = PromptAnswer.required(choice.path("text"), "choices[0].text");
        return new TextCompletion(text, stopReason(choice).textValue());
    }

    /** The model's own word in a choice; no string when there is none. */
    static JsonNode stopReason(JsonNode choice) {
        return choice.path("stop_reason").isTextual() ? choice.path("stop_reason") : choice.path("finish_reason");
    }

    /** Tokens of the body, else those of the headers. */
    static Usage usage(JsonNode reply, Usage counted) {
        JsonNode usage = reply.path("usage");
        return new Usage(
                ReplyReading.count(usage.path("prompt_tokens"), counted.inputTokens()),
                ReplyReading.count(usage.path("completion_tokens"), counted.outputTokens()),
                counted.cacheReadTokens(),
                counted.cacheWriteTokens());
    }
}
