package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.emulator.aws.HttpCall;
import dev.caravan.runtime.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What InvokeModel and its stream take in headers beside the body (botocore model of bedrock-runtime, {@code
 * InvokeModelRequest}). An empty header is an absent one.
 */
public final class InvokeParameters {
    private static final String PREFIX = "X-Amzn-Bedrock-";
    private static final Map<String, String> HEADERS = Map.of(
            "guardrailIdentifier", "GuardrailIdentifier",
            "guardrailVersion", "GuardrailVersion",
            "trace", "Trace",
            "performanceConfigLatency", "PerformanceConfig-Latency",
            "serviceTier", "Service-Tier");
    private static final List<String> ECHOED = List.of("performanceConfigLatency", "serviceTier");
    private static final String GUARDRAIL_CONFIG = "amazon-bedrock-guardrailConfig";

    private final ObjectNode values;

    private InvokeParameters(ObjectNode values) {
        this.values = values;
    }

    /** @throws AwsFailure ValidationException for half a guardrail and for a word that the service does not know */
    public static InvokeParameters read(HttpCall call) {
        ObjectNode values = Json.object();
        HEADERS.forEach((name, header) -> {
            String value = call.header((PREFIX + header).toLowerCase(Locale.ROOT));
            if (value != null && !value.isEmpty()) {
                values.put(name, value);
            }
        });
        Constraints constraints = new Constraints();
        if (values.has("guardrailIdentifier") || values.has("guardrailVersion")) {
            constraints.required(values, "guardrailIdentifier", "").required(values, "guardrailVersion", "");
        }
        constraints
                .pattern(values.path("guardrailIdentifier"), "guardrailIdentifier", ConverseShape.GUARDRAIL)
                .pattern(values.path("guardrailVersion"), "guardrailVersion", ConverseShape.GUARDRAIL_VERSION)
                .oneOf(values.path("trace"), "trace", Set.of("ENABLED", "DISABLED", "ENABLED_FULL"))
                .oneOf(values.path("performanceConfigLatency"), "performanceConfigLatency", ConverseShape.LATENCIES)
                .oneOf(values.path("serviceTier"), "serviceTier", ConverseShape.TIERS)
                .refuse();
        return new InvokeParameters(values);
    }

    /** @throws AwsFailure ValidationException for a guardrail's settings in the body when no guardrail is named */
    public void checkGuardrail(JsonNode body) {
        if (body.hasNonNull(GUARDRAIL_CONFIG) && !values.has("guardrailIdentifier")) {
            throw AwsFailure.validation("The request body has " + GUARDRAIL_CONFIG
                    + ", but no guardrail identifier was provided. Provide a guardrail identifier and version, or remove "
                    + GUARDRAIL_CONFIG + ", and try again.");
        }
    }

    /** Headers of the answer that say what was applied. */
    public Map<String, String> applied() {
        Map<String, String> headers = new LinkedHashMap<>();
        ECHOED.stream()
                .filter(values::has)
                .forEach(name ->
                        headers.put(PREFIX + HEADERS.get(name), values.get(name).textValue()));
        return headers;
    }
}
