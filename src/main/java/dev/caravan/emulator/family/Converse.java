package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Converse, the one form for all models (Amazon Bedrock API reference, "Converse"). */
public final class Converse implements FamilyEmulator {
    private static final int ID_LENGTH = 22;

    @Override
    public String format() {
        return "converse";
    }

    @Override
    public Conversation read(JsonNode body, Model model) {
        return read(body, model, false);
    }

    private static Conversation read(JsonNode body, Model model, boolean streamed) {
        if (!model.capabilities().converse()) {
            throw AwsFailure.validation("This action doesn't support the model that you provided. Try again with a"
                    + " supported text or chat model.");
        }
        ConverseShape.check(body, streamed);
        ConverseContent.check(body, model);
        ConverseTools.checkRules(body, model);
        if (model.format().equals(NovaMessages.FORMAT)) {
            NovaMessages.checkTools(body.path("toolConfig")).refuseByModel();
        }
        ConverseRules.check(body, model);
        JsonNode inference = body.path("inferenceConfig");
        List<String> stops = new ArrayList<>();
        inference.path("stopSequences").forEach(stop -> stops.add(stop.asText()));
        return new Conversation(
                ConverseContent.text(body.path("system")),
                ConverseContent.turns(body.path("messages")),
                ConverseRules.maxTokens(inference, model),
                stops,
                ConverseTools.forced(body.path("toolConfig")),
                Optional.ofNullable(ConverseRules.schema(body.path("outputConfig"))),
                ConverseRules.thinks(body, model),
                ConverseAnswer.inputTokens(body, model));
    }

    @Override
    public Conversation readForStream(JsonNode body, Model model) {
        Conversation conversation = read(body, model, true);
        if (body.has("toolConfig") && !model.capabilities().streamingTools()) {
            throw AwsFailure.validation("This model doesn't support tool use in streaming mode.");
        }
        return conversation;
    }

    @Override
    public ObjectNode write(Answer answer, Conversation conversation, Model model) {
        String prefix = "tooluse_";
        String id = Ids.of(prefix, model.id() + conversation + answer).substring(0, prefix.length() + ID_LENGTH);
        ObjectNode reply = ConverseAnswer.of(answer, id, false);
        ObjectNode usage = ConverseAnswer.usage(conversation, answer);
        if (model.capabilities().promptCaching()) {
            usage.put("cacheReadInputTokens", 0);
            usage.put("cacheWriteInputTokens", 0);
        }
        reply.set("usage", usage);
        // The same answer at any speed; it grows with the answer, as a real one does.
        reply.putObject("metrics").put("latencyMs", 1 + answer.outputTokens());
        return reply;
    }

    @Override
    public List<StreamPart> stream(ObjectNode reply) {
        return ConverseStream.of(reply);
    }
}
