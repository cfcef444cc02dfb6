package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.runtime.Texts;
import java.util.List;
import java.util.Map;

/**
 * Reads replies in OpenAI's manner: {@code {"choices": [{"message": {"content", "tool_calls"}, "finish_reason"}],
 * "usage"}}, of which the first choice counts.
 *
 * <p>Content is a string, null, absent, or a list of parts. Reasoning comes as {@code reasoning_content} or
 * {@code reasoning} beside it, as a part of its own, or between tags at its beginning; a tag later in the text is text.
 */
final class ChoiceReading {
    /** Tags around reasoning: gpt-oss as InvokeModel gives it, Qwen3 and others, Magistral. */
    static final List<Tags> TAGS = List.of(
            new Tags("<reasoning>", "</reasoning>"), new Tags("<think>", "</think>"), new Tags("[THINK]", "[/THINK]"));

    private static final Map<String, StopReason> STOP_REASONS = Map.of(
            "stop", StopReason.END_TURN,
            "eos_token", StopReason.END_TURN,
            "length", StopReason.MAX_TOKENS,
            "tool_calls", StopReason.TOOL_USE,
            "content_filter", StopReason.CONTENT_FILTERED);

    record Tags(String open, String close) {}

    private ChoiceReading() {}

    /**
     * @param stopFields names of the field with the stop reason; the first that is there counts
     * @param tags tags of reasoning that may begin the answer; empty when the family has none
     * @throws dev.caravan.error.LlmException {@code provider_error} when it is unreadable or has no content
     */
    static FormatReply read(WireReply wire, List<String> stopFields, List<Tags> tags) {
        return ReplyReading.read(
                wire, ChoiceReading::usage, (reply, usage) -> content(reply, usage, wire.request(), stopFields, tags));
    }

    private static FormatReply content(
            JsonNode reply, Usage usage, LlmRequest asked, List<String> stopFields, List<Tags> tags) {
        JsonNode choice = reply.path("choices").path(0);
        JsonNode message = choice.path("message");
        if (!message.isObject()) {
            throw ReplyReading.unreadable("it has no choice with a message", null);
        }
        String raw = stopFields.stream()
                .map(field -> choice.path(field).textValue())
                .filter(word -> word != null)
                .findFirst()
                .orElse(null);
        StopReason said = STOP_REASONS.getOrDefault(raw == null ? "" : raw, StopReason.OTHER);
        InlineReasoning answer = answer(message, tags, said == StopReason.MAX_TOKENS);
        ToolCallReading calls = ToolCallReading.ofFunctions(message.path("tool_calls"), asked);
        String refusal = message.path("refusal").textValue();
        boolean refused = answer.text().isEmpty() && refusal != null && !refusal.isEmpty();
        String text = calls.textWith(refused ? refusal : answer.text());
        StopReason stop = refused
                ? StopReason.REFUSAL
                : stopReason(reply, said, !calls.calls().isEmpty());
        requireContent(text, calls, stop);
        return new FormatReply(
                Texts.wellFormed(text),
                answer.reasoning() == null ? null : Texts.wellFormed(answer.reasoning()),
                calls.calls(),
                calls.unread(),
                stop,
                raw,
                usage);
    }

    /** Calls are the reason to stop unless the answer was cut off or withheld. */
    static StopReason stopReason(JsonNode reply, StopReason said, boolean calls) {
        if (ReplyReading.guardrailIntervened(reply)) {
            return StopReason.GUARDRAIL_INTERVENED;
        }
        boolean open = said == StopReason.END_TURN || said == StopReason.OTHER;
        return calls && open ? StopReason.TOOL_USE : said;
    }

    /** A call that was announced and is not there explains nothing. */
    static void requireContent(String text, ToolCallReading calls, StopReason stop) {
        if (calls.calls().isEmpty()) {
            ReplyReading.requireContent(text, stop == StopReason.TOOL_USE ? StopReason.OTHER : stop);
        }
    }

    private static InlineReasoning answer(JsonNode message, List<Tags> tags, boolean truncated) {
        Parts parts = parts(message.path("content"));
        String apart = first(message.path("reasoning_content"), message.path("reasoning"), parts.reasoning());
        if (!apart.isBlank()) {
            return new InlineReasoning(apart.strip(), parts.text().stripLeading());
        }
        return tags.stream()
                .filter(pair -> parts.text().stripLeading().startsWith(pair.open()))
                .findFirst()
                .map(pair -> InlineReasoning.split(parts.text(), pair.open(), pair.close(), false, truncated))
                .orElse(new InlineReasoning(null, parts.text()));
    }

    private static String first(JsonNode content, JsonNode plain, String otherwise) {
        if (content.isTextual() && !content.textValue().isBlank()) {
            return content.textValue();
        }
        return plain.isTextual() && !plain.textValue().isBlank() ? plain.textValue() : otherwise;
    }

    private record Parts(String text, String reasoning) {}

    private static Parts parts(JsonNode content) {
        if (content.isMissingNode() || content.isNull()) {
            return new Parts("", "");
        }
        if (content.isTextual()) {
            return new Parts(content.textValue(), "");
        }
        if (!content.isArray()) {
            throw ReplyReading.unreadable("its content is neither text nor a list", null);
        }
        StringBuilder text = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        for (JsonNode part : content) {
            switch (part.path("type").asText()) {
                case "text" -> text.append(part.path("text").asText());
                case "thinking" -> reasoning.append(thinking(part.path("thinking")));
                default -> throw ReplyReading.unreadable("a part of its content is no text", null);
            }
        }
        return new Parts(text.toString(), reasoning.toString());
    }

    private static String thinking(JsonNode thinking) {
        return thinking.isTextual() ? thinking.textValue() : parts(thinking).text();
    }

    /** {@code prompt_tokens} includes what came from the prompt cache; our input does not. */
    private static Usage usage(JsonNode reply, Usage counted) {
        JsonNode usage = reply.path("usage");
        Long prompt = ReplyReading.count(usage.path("prompt_tokens"), null);
        Long cached = ReplyReading.count(usage.path("prompt_tokens_details").path("cached_tokens"), null);
        Long input = prompt == null ? counted.inputTokens() : Long.valueOf(prompt - (cached == null ? 0 : cached));
        return new Usage(
                input,
                ReplyReading.count(usage.path("completion_tokens"), counted.outputTokens()),
                cached == null ? counted.cacheReadTokens() : cached,
                counted.cacheWriteTokens());
    }
}
