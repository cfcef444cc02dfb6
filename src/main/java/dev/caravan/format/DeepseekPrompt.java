package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.List;

/**
 * DeepSeek-R1. Its tokens have full-width bars (U+FF5C) and, for spaces, U+2581. The prompt opens the reasoning, so the
 * reply begins with it and has its closing tag only. A reply that ended by itself without that tag is the answer: the
 * model sometimes does not think at all. Earlier reasoning is not sent back.
 *
 * <p>Source: Amazon Bedrock user guide, "DeepSeek models", and the chat template of DeepSeek-R1's tokenizer. {@code
 * max_tokens} is 1 to 32768, {@code stop} at most 10.
 */
public final class DeepseekPrompt implements ModelFormat {
    private static final String BEGIN = "<｜begin▁of▁sentence｜>";
    private static final String USER = "<｜User｜>";
    private static final String ASSISTANT = "<｜Assistant｜>";
    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";
    private static final String END = "<｜end▁of▁sentence｜>";

    @Override
    public String name() {
        return "deepseek-prompt";
    }

    @Override
    public boolean tools() {
        return false;
    }

    @Override
    public byte[] write(LlmRequest request, Model model) {
        ObjectNode body = Json.object();
        body.put("prompt", prompt(Turns.of(request)));
        PromptBody.maxTokens(request, body, "max_tokens");
        PromptBody.sampling(request, body, "top_p");
        PromptBody.stop(request, body);
        return Json.write(body);
    }

    private static String prompt(Turns turns) {
        StringBuilder prompt = new StringBuilder(BEGIN);
        if (turns.systemText() != null) {
            prompt.append(SpecialTokens.DEEPSEEK.breakUp(turns.systemText()));
        }
        for (Message turn : turns.turns()) {
            String text = SpecialTokens.DEEPSEEK.breakUp(turn.text());
            if (turn.role() == Role.USER) {
                prompt.append(USER).append(text);
            } else {
                prompt.append(ASSISTANT).append(text).append(END);
            }
        }
        return prompt.append(ASSISTANT).append(OPEN).append('\n').toString();
    }

    @Override
    public FormatReply read(WireReply wire) {
        return ReplyReading.read(wire, TextCompletion::usage, (reply, usage) -> content(reply, usage, wire.request()));
    }

    @Override
    public ReplyStream stream(LlmRequest request, Model model) {
        return new PromptStream.Builder(PromptChunks.COMPLETION, TextCompletion::usage)
                .endTokens(List.of(END))
                .reasoning(new InlineReasoningStream(OPEN, CLOSE, true, false))
                .open(this, request, model);
    }

    private static FormatReply content(JsonNode reply, Usage usage, LlmRequest asked) {
        TextCompletion completion = TextCompletion.of(reply);
        String raw = completion.stopReason();
        StopReason stopReason = PromptAnswer.stopReason(raw, TextCompletion.STOP_REASONS, reply);
        String answer = PromptAnswer.trimmed(completion.text(), List.of(END));
        boolean stoppedThinking = endedByStopSequence(answer, asked, stopReason);
        boolean cut = stopReason == StopReason.MAX_TOKENS || stopReason == StopReason.CONTENT_FILTERED;
        InlineReasoning parts = InlineReasoning.split(answer, OPEN, CLOSE, true, cut || stoppedThinking);
        StopReason meaning = stoppedThinking ? StopReason.STOP_SEQUENCE : stopReason;
        ReplyReading.requireContent(parts.text(), meaning);
        return new FormatReply(parts.text(), parts.reasoning(), List.of(), meaning, raw, usage);
    }

    /** The model minds stop sequences while it thinks, too; then there is reasoning without an end, and no answer. */
    private static boolean endedByStopSequence(String answer, LlmRequest request, StopReason stopReason) {
        return stopReason == StopReason.END_TURN && !request.stop().isEmpty() && !answer.contains(CLOSE);
    }
}
