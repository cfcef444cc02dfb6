package dev.caravan.emulator.family;

import static com.fasterxml.jackson.databind.node.JsonNodeType.ARRAY;
import static com.fasterxml.jackson.databind.node.JsonNodeType.NUMBER;
import static com.fasterxml.jackson.databind.node.JsonNodeType.OBJECT;
import static com.fasterxml.jackson.databind.node.JsonNodeType.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.emulator.aws.AwsFailure;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The shape of Converse's body: members, types and constraints (botocore model of bedrock-runtime, {@code
 * ConverseRequest} and {@code ConverseStreamRequest}). A member that the model does not have is refused, so that a misspelled one is seen.
 */
final class ConverseShape {
    private static final Set<String> MEMBERS = Set.of(
            "messages",
            "system",
            "inferenceConfig",
            "toolConfig",
            "guardrailConfig",
            "additionalModelRequestFields",
            "promptVariables",
            "additionalModelResponseFieldPaths",
            "requestMetadata",
            "performanceConfig",
            "serviceTier",
            "outputConfig");
    private static final Set<String> GUARDRAIL_MEMBERS = Set.of("guardrailIdentifier", "guardrailVersion", "trace");
    /** {@code GuardrailStreamConfiguration} has one more. */
    private static final Set<String> GUARDRAIL_STREAM_MEMBERS =
            Set.of("guardrailIdentifier", "guardrailVersion", "trace", "streamProcessingMode");

    static final Set<String> LATENCIES = Set.of("standard", "optimized");
    static final Set<String> TIERS = Set.of("priority", "default", "flex", "reserved");
    private static final Pattern METADATA = Pattern.compile("[a-zA-Z0-9\\s:_@$#=/+,-.]{0,256}");
    static final Pattern GUARDRAIL =
            Pattern.compile("(|([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+))");
    static final Pattern GUARDRAIL_VERSION = Pattern.compile("(|([1-9][0-9]{0,7})|(DRAFT))");

    private ConverseShape() {}

    static void check(JsonNode body, boolean streamed) {
        if (!body.isObject()) {
            throw AwsFailure.validation(SchemaFaults.UNREADABLE);
        }
        checkMembers(body, streamed ? GUARDRAIL_STREAM_MEMBERS : GUARDRAIL_MEMBERS);
        Constraints constraints = new Constraints();
        inference(body.path("inferenceConfig"), constraints);
        ConverseTools.checkShape(body.path("toolConfig"), constraints);
        guardrail(body.path("guardrailConfig"), constraints);
        metadata(body.path("requestMetadata"), constraints);
        responsePaths(body.path("additionalModelResponseFieldPaths"), constraints);
        constraints.oneOf(body.path("performanceConfig").path("latency"), "performanceConfig.latency", LATENCIES);
        constraints.oneOf(body.path("serviceTier").path("type"), "serviceTier.type", TIERS);
        constraints.refuse();
    }

    private static void checkMembers(JsonNode body, Set<String> guardrailMembers) {
        JsonNode inference = body.path("inferenceConfig");
        new SchemaFaults()
                .onlyKnown(body, MEMBERS)
                .type(body, "messages", ARRAY)
                .type(body, "system", ARRAY)
                .type(body, "inferenceConfig", OBJECT)
                .type(body, "toolConfig", OBJECT)
                .type(body, "guardrailConfig", OBJECT)
                .type(body, "additionalModelRequestFields", OBJECT)
                .type(body, "additionalModelResponseFieldPaths", ARRAY)
                .type(body, "requestMetadata", OBJECT)
                .type(body, "outputConfig", OBJECT)
                .at("/inferenceConfig")
                .onlyKnown(inference, Set.of("maxTokens", "temperature", "topP", "stopSequences"))
                .type(inference, "maxTokens", NUMBER)
                .type(inference, "temperature", NUMBER)
                .type(inference, "topP", NUMBER)
                .type(inference, "stopSequences", ARRAY)
                .at("/guardrailConfig")
                .onlyKnown(body.path("guardrailConfig"), guardrailMembers)
                .type(body.path("guardrailConfig"), "streamProcessingMode", STRING)
                .at("/outputConfig")
                .onlyKnown(body.path("outputConfig"), Set.of("textFormat"))
                .refuse();
    }

    private static void inference(JsonNode inference, Constraints constraints) {
        constraints
                .range(inference.path("maxTokens"), "inferenceConfig.maxTokens", 1, null)
                .range(inference.path("temperature"), "inferenceConfig.temperature", 0, 1L)
                .range(inference.path("topP"), "inferenceConfig.topP", 0, 1L)
                .size(inference.path("stopSequences"), "inferenceConfig.stopSequences", 0, 2500);
        JsonNode stops = inference.path("stopSequences");
        for (int i = 0; i < stops.size(); i++) {
            constraints.length(
                    stops.get(i), "inferenceConfig.stopSequences." + (i + 1) + ".member", 1, Integer.MAX_VALUE);
        }
    }

    private static void guardrail(JsonNode guardrail, Constraints constraints) {
        if (!guardrail.isObject()) {
            return;
        }
        constraints
                .required(guardrail, "guardrailIdentifier", "guardrailConfig")
                .required(guardrail, "guardrailVersion", "guardrailConfig")
                .pattern(guardrail.path("guardrailIdentifier"), "guardrailConfig.guardrailIdentifier", GUARDRAIL)
                .pattern(guardrail.path("guardrailVersion"), "guardrailConfig.guardrailVersion", GUARDRAIL_VERSION)
                .oneOf(guardrail.path("trace"), "guardrailConfig.trace", Set.of("enabled", "disabled", "enabled_full"))
                .oneOf(
                        guardrail.path("streamProcessingMode"),
                        "guardrailConfig.streamProcessingMode",
                        Set.of("sync", "async"));
    }

    private static void metadata(JsonNode metadata, Constraints constraints) {
        constraints.size(metadata, "requestMetadata", 1, 16);
        for (var pair : metadata.properties()) {
            JsonNode key = TextNode.valueOf(pair.getKey());
            constraints
                    .length(key, "requestMetadata", 1, 256)
                    .pattern(key, "requestMetadata", METADATA)
                    .pattern(pair.getValue(), "requestMetadata." + pair.getKey() + ".member", METADATA);
            if (!pair.getValue().isTextual()) {
                throw AwsFailure.validation(SchemaFaults.UNREADABLE);
            }
        }
    }

    private static void responsePaths(JsonNode paths, Constraints constraints) {
        constraints.size(paths, "additionalModelResponseFieldPaths", 0, 10);
        for (int i = 0; i < paths.size(); i++) {
            constraints.length(paths.get(i), "additionalModelResponseFieldPaths." + (i + 1) + ".member", 1, 256);
            if (!paths.get(i).asText().startsWith("/")) {
                throw AwsFailure.validation("The additionalModelResponseFieldPaths value at index " + i
                        + " is no JSON Pointer. Provide a JSON Pointer and try again.");
            }
        }
    }
}
