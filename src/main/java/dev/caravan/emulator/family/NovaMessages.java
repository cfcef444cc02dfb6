package dev.caravan.emulator.family;

import static com.fasterxml.jackson.databind.node.JsonNodeType.ARRAY;
import static com.fasterxml.jackson.databind.node.JsonNodeType.OBJECT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import dev.caravan.model.Model.Range;
import dev.caravan.model.Model.Thinking;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Nova's messages-v1 on InvokeModel (Amazon Nova user guide, "Complete request schema"). {@code max_new_tokens}, {@code
 * top_p} and {@code top_k} are what AWS's first samples say instead of the guide's names.
 */
public final class NovaMessages implements FamilyEmulator {
    static final String FORMAT = "nova-messages-v1";

    private static final Set<String> KEYS = Set.of(
            "schemaVersion", "system", "messages", "inferenceConfig", "toolConfig", "amazon-bedrock-guardrailConfig");
    private static final Set<String> INFERENCE = Set.of(
            "maxTokens",
            "max_new_tokens",
            "temperature",
            "topP",
            "top_p",
            "topK",
            "top_k",
            "stopSequences",
            "reasoningConfig");
    /** Nova's answer to a reasoning parameter that it does not understand. */
    static final String BAD_REASONING =
            "Malformed input request: the provided reasoning config value is invalid, please"
                    + " reformat your input and try again.";

    private static final Set<String> EFFORTS = Set.of("low", "medium", "high");
    private static final long MAX_TOP_K = 128;

    @Override
    public String format() {
        return FORMAT;
    }

    @Override
    public Conversation read(JsonNode body, Model model) {
        checkSchema(body, model);
        Constraints constraints = new Constraints();
        ConverseTools.checkShape(body.path("toolConfig"), constraints);
        constraints.refuse();
        checkTools(body.path("toolConfig")).refuse();
        ConverseContent.check(body, model);
        ConverseTools.checkRules(body, model);
        JsonNode inference = body.path("inferenceConfig");
        ConverseRules.checkMaxTokens(inference.path("maxTokens"), model);
        ConverseRules.checkMaxTokens(inference.path("max_new_tokens"), model);
        ConverseRules.checkPrefill(body, model);
        List<String> stops = new ArrayList<>();
        inference.path("stopSequences").forEach(stop -> stops.add(stop.asText()));
        Optional<Conversation.Tool> forced = ConverseTools.forced(body.path("toolConfig"));
        boolean plans = plansInText(model) && body.has("toolConfig") && forced.isEmpty();
        return new Conversation(
                ConverseContent.text(body.path("system")),
                ConverseContent.turns(body.path("messages")),
                inference.path("max_new_tokens").asInt(ConverseRules.maxTokens(inference, model)),
                stops,
                forced,
                Optional.empty(),
                plans
                        || "enabled"
                                .equals(inference
                                        .path("reasoningConfig")
                                        .path("type")
                                        .asText()),
                ConverseAnswer.inputTokens(body, model));
    }

    private static void checkSchema(JsonNode body, Model model) {
        if (!body.isObject()) {
            throw AwsFailure.validation(SchemaFaults.UNREADABLE);
        }
        JsonNode inference = body.path("inferenceConfig");
        Range temperature = model.rules().temperature();
        SchemaFaults faults = new SchemaFaults();
        faults.required(body, List.of("messages"))
                .onlyKnown(body, KEYS)
                .oneOf(body, "schemaVersion", Set.of("messages-v1"))
                .type(body, "messages", ARRAY)
                .type(body, "system", ARRAY)
                .type(body, "inferenceConfig", OBJECT)
                .type(body, "toolConfig", OBJECT)
                .at("/inferenceConfig")
                .onlyKnown(inference, INFERENCE)
                .integer(inference, "maxTokens", 1, null)
                .integer(inference, "max_new_tokens", 1, null)
                .number(inference, "temperature", temperature)
                .number(inference, "topP", model.rules().topP())
                .number(inference, "top_p", model.rules().topP())
                .integer(inference, "topK", 0, MAX_TOP_K)
                .integer(inference, "top_k", 0, MAX_TOP_K)
                .type(inference, "stopSequences", ARRAY)
                .maxItems(inference, "stopSequences", model.rules().maxStopSequences());
        if (model.rules().thinking() == Thinking.NONE) {
            faults.without(inference, "reasoningConfig");
        }
        faults.refuse();
        if (!takesEffort(inference.path("reasoningConfig"))) {
            throw AwsFailure.validation(BAD_REASONING);
        }
    }

    /** Whether the reasoning parameter has an effort that Nova knows, or none. */
    static boolean takesEffort(JsonNode reasoning) {
        JsonNode effort = reasoning.path("maxReasoningEffort");
        return effort.isMissingNode() || effort.isTextual() && EFFORTS.contains(effort.textValue());
    }

    /** At the top of a tool's schema Nova knows three keywords only. */
    static SchemaFaults checkTools(JsonNode config) {
        SchemaFaults faults = new SchemaFaults();
        for (int i = 0; i < config.path("tools").size(); i++) {
            JsonNode schema = config.get("tools")
                    .get(i)
                    .path("toolSpec")
                    .path("inputSchema")
                    .path("json");
            faults.at("/toolConfig/tools/" + i + "/toolSpec/inputSchema/json")
                    .onlyKnown(schema, Set.of("type", "properties", "required"));
        }
        return faults;
    }

    /** The first Novas think aloud when they have tools; later ones in blocks of their own, when told to. */
    private static boolean plansInText(Model model) {
        return model.rules().thinking() == Thinking.NONE;
    }

    @Override
    public ObjectNode write(Answer answer, Conversation conversation, Model model) {
        String seed = model.id() + conversation + answer;
        String id =
                UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)).toString();
        ObjectNode reply = ConverseAnswer.of(answer, id, plansInText(model));
        ObjectNode usage = ConverseAnswer.usage(conversation, answer);
        usage.put("cacheReadInputTokenCount", 0);
        usage.put("cacheWriteInputTokenCount", 0);
        reply.set("usage", usage);
        return reply;
    }

    @Override
    public List<StreamPart> stream(ObjectNode reply) {
        return ConverseStream.ofNova(reply);
    }
}
