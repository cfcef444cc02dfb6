package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.model.Model.Rules;
import dev.caravan.model.Model.Thinking;
import dev.caravan.runtime.Texts;
import java.util.List;
import java.util.Map;

/**
 * Reads replies in OpenAI's manner: {@code {"choices": [{"message": {"content", "tool_calls"}, "finish_reason"}],
 * "usage"}}, of which the first choice counts.
 *
 * <p>Content is a string, null, absent, or a list of parts. Reasoning comes as {@code reasoning_content} or
 * {@code reasoning} beside it, as a part of its own, or between the model's tags ({@code reasoning_tags} of the
 * catalogue) at its beginning, or in several of these ways; a tag later in the text is text.
 */
final class ChoiceReading {

    private static final Map<String, StopReason> STOP_REASONS = Map.of(
            "stop", StopReason.END_TURN,
            "eos_token", StopReason.END_TURN,
            "length", StopReason.MAX_TOKENS,
            "tool_calls", StopReason.TOOL_USE,
            "content_filter", StopReason.CONTENT_FILTERED);

    private ChoiceReading() {}

    /**
     * @param stopFields names of the field with the stop reason; the first that is there counts
     * @throws dev.caravan.error.LlmException {@code provider_error} when it is unreadable or has no content
     */
    static FormatReply read(WireReply wire, List<String> stopFields) {
        return ReplyReading.read(wire, ChoiceReading::usage, (reply, usage) -> content(reply, usage, wire, stopFields));
    }

    private static FormatReply content(JsonNode reply, Usage usage, WireReply wire, List<String> stopFields) {
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
        InlineReasoning answer = answer(message, wire.model().rules(), said == StopReason.MAX_TOKENS);
        ToolCallReading calls = ToolCallReading.ofFunctions(message.path("tool_calls"), wire.request());
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
        if (calls.isEmpty()) {
            ReplyReading.requireContent(text, stop == StopReason.TOOL_USE ? StopReason.OTHER : stop);
        }
    }

    private static InlineReasoning answer(JsonNode message, Rules rules, boolean truncated) {
        Parts parts = parts(message.path("content"));
        String apart = first(message.path("reasoning_content"), message.path("reasoning"), parts.reasoning());
        if (apart.isBlank()) {
            return inline(parts.text(), rules, rules.thinking() == Thinking.ALWAYS, truncated);
        }
        return inline(parts.text().stripLeading(), rules, false, truncated).after(apart);
    }

    /** @param unopened whether reasoning may lack its opening tag */
    private static InlineReasoning inline(String text, Rules rules, boolean unopened, boolean truncated) {
        if (rules.reasoningTags().isEmpty()) {
            return new InlineReasoning(null, text);
        }
        String open = rules.reasoningTags().get(0);
        String close = rules.reasoningTags().get(1);
        return unopened
                ? InlineReasoning.splitThinking(text, open, close, truncated)
                : InlineReasoning.split(text, open, close, false, truncated);
    }

    /** How a model's answer is told from its reasoning while it comes. */
    static ReasonedText.Manner manner(Rules rules) {
        return new ReasonedText.Manner(rules.reasoningTags(), rules.thinking() == Thinking.ALWAYS, true);
    }

    private static String first(JsonNode content, JsonNode plain, String otherwise) {
        if (content.isTextual() && !content.textValue().isBlank()) {
            return content.textValue();
        }
        return plain.isTextual() && !plain.textValue().isBlank() ? plain.textValue() : otherwise;
    }

    /** Content by what it is. */
    record Parts(String text, String reasoning) {}

    static Parts parts(JsonNode content) {
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
                case "text" -> text.append(ReplyReading.text(part.path("text")));
                case "thinking" -> reasoning.append(thinking(part.path("thinking")));
                default -> throw ReplyReading.unreadable("a part of its content is no text", null);
            }
        }
        return new Parts(text.toString(), reasoning.toString());
    }

    private static String thinking(JsonNode thinking) {
        return thinking.isTextual() ? thinking.textValue() : parts(thinking).text();
    }

    /** {@code prompt_tokens} includes what came from the prompt cache; our input does not. More cached than sent is none. */
    static Usage usage(JsonNode reply, Usage counted) {
        JsonNode usage = reply.path("usage");
        Long prompt = ReplyReading.count(usage.path("prompt_tokens"), null);
        Long cached = ReplyReading.count(usage.path("prompt_tokens_details").path("cached_tokens"), null);
        long read = cached == null ? 0 : cached;
        Long input = prompt == null || read > prompt ? counted.inputTokens() : Long.valueOf(prompt - read);
        return new Usage(
                input,
                ReplyReading.count(usage.path("completion_tokens"), counted.outputTokens()),
                cached == null ? counted.cacheReadTokens() : cached,
                counted.cacheWriteTokens());
    }
}
