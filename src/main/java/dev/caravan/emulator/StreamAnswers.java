package dev.caravan.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Answerer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.family.FamilyEmulator;
import dev.caravan.emulator.family.StreamPart;
import dev.caravan.emulator.misbehave.Directive;
import dev.caravan.emulator.stream.EventFrames;
import dev.caravan.emulator.stream.StreamPlan;
import dev.caravan.model.Model;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Answers of the two operations that stream. */
final class StreamAnswers {
    private static final String CONTENT_TYPE = "application/vnd.amazon.eventstream";

    private final boolean padded;

    StreamAnswers(boolean padded) {
        this.padded = padded;
    }

    /** @param took what the last chunk tells as the time of the call; ConverseStream tells it as Converse does */
    HttpAnswer answer(
            FamilyEmulator family,
            Conversation conversation,
            Model model,
            Directive directive,
            Operation operation,
            Duration took) {
        Answer answer = Answerer.answer(
                conversation, model, directive.error().isPresent() ? directive.withoutText() : directive);
        List<StreamPart> parts = family.stream(family.write(answer, conversation, model));
        if (operation == Operation.CONVERSE_STREAM) {
            return HttpAnswer.stream(
                    Map.of("Content-Type", CONTENT_TYPE),
                    StreamPlan.of(parts, directive, EventFrames.ofConverse(padded)));
        }
        addMetrics(parts.get(parts.size() - 1).json(), conversation, answer, model, took);
        return HttpAnswer.stream(
                Map.of("Content-Type", CONTENT_TYPE, "X-Amzn-Bedrock-Content-Type", "application/json"),
                StreamPlan.of(parts, directive, EventFrames.ofInvoke(padded)));
    }

    /** What the service adds to the last chunk of every family. */
    private static void addMetrics(
            ObjectNode last, Conversation conversation, Answer answer, Model model, Duration took) {
        long millis = Math.max(1, took.toMillis());
        ObjectNode metrics = last.putObject("amazon-bedrock-invocationMetrics")
                .put("inputTokenCount", conversation.inputTokens())
                .put("outputTokenCount", answer.outputTokens())
                .put("invocationLatency", millis)
                .put("firstByteLatency", millis);
        if (model.capabilities().promptCaching()) {
            metrics.put("cacheReadInputTokenCount", 0).put("cacheWriteInputTokenCount", 0);
        }
    }
}
