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
import java.util.Map;

/**
 * Amazon Titan Text: turns are lines {@code User: …} and {@code Bot: …}, the last one left open; the system texts stand
 * before the first text of the user. The model takes next to no stop sequences, so the answer is cut here.
 *
 * <p>Source: Amazon Bedrock user guide, "Amazon Titan Text models"; the end is {@code FINISH} on the wire where the
 * guide says FINISHED.
 */
public final class TitanText implements ModelFormat {
    private static final Map<String, StopReason> STOP_REASONS = Map.of(
            "FINISH", StopReason.END_TURN,
            "FINISHED", StopReason.END_TURN,
            "STOP_CRITERIA_MET", StopReason.STOP_SEQUENCE,
            "LENGTH", StopReason.MAX_TOKENS,
            "CONTENT_FILTERED", StopReason.CONTENT_FILTERED);

    @Override
    public String name() {
        return "titan-text";
    }

    @Override
    public boolean tools() {
        return false;
    }

    @Override
    public byte[] write(LlmRequest request, Model model) {
        ObjectNode body = Json.object();
        body.put("inputText", inputText(Turns.of(request)));
        ObjectNode config = Json.object();
        PromptBody.maxTokens(request, config, "maxTokenCount");
        PromptBody.sampling(request, config, "topP");
        if (!config.isEmpty()) {
            body.set("textGenerationConfig", config);
        }
        return Json.write(body);
    }

    private static String inputText(Turns turns) {
        StringBuilder prompt = new StringBuilder();
        String system = turns.systemText();
        for (Message turn : turns.turns()) {
            boolean user = turn.role() == Role.USER;
            String text = user ? PromptBody.withSystem(system, turn.text()) : turn.text();
            system = user ? null : system;
            prompt.append(user ? "User: " : "Bot: ")
                    .append(SpecialTokens.TITAN.breakUp(text.strip()))
                    .append('\n');
        }
        return prompt.append("Bot:").toString();
    }

    @Override
    public FormatReply read(WireReply wire) {
        return ReplyReading.read(wire, TitanText::usage, (reply, usage) -> content(reply, usage, wire.request()));
    }

    @Override
    public ReplyStream stream(LlmRequest request, Model model) {
        return new PromptStream.Builder(PromptChunks.TITAN, TitanText::usage)
                .stop(request.stop())
                .open(this, request, model);
    }

    private static FormatReply content(JsonNode reply, Usage usage, LlmRequest asked) {
        JsonNode result = reply.path("results").path(0);
        String written = PromptAnswer.required(result.path("outputText"), "results[0].outputText");
        String raw = result.path("completionReason").textValue();
        PromptAnswer answer = new PromptAnswer(
                        PromptAnswer.trimmed(written, List.of()), PromptAnswer.stopReason(raw, STOP_REASONS, reply))
                .cutAt(asked.stop());
        ReplyReading.requireContent(answer.text(), answer.stopReason());
        return new FormatReply(answer.text(), null, List.of(), answer.stopReason(), raw, usage);
    }

    private static Usage usage(JsonNode reply, Usage counted) {
        return new Usage(
                ReplyReading.count(reply.path("inputTextTokenCount"), counted.inputTokens()),
                ReplyReading.count(reply.path("results").path(0).path("tokenCount"), counted.outputTokens()),
                counted.cacheReadTokens(),
                counted.cacheWriteTokens());
    }
}
