package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaRefusalTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "The model returned the following errors: output_config.format: Extra inputs are not permitted",
                "output_config: Extra inputs are not permitted",
                "The model returned the following errors: response_format: Extra inputs are not permitted",
                "This model doesn't support the outputConfig field. Remove outputConfig and try again.",
                "This model doesn\u2019t support the outputConfig.textFormat field. Remove outputConfig.textFormat and try again.",
                "Malformed input request: #: extraneous key [response_format] is not permitted, please reformat your"
                        + " input and try again.",
                "'claude-3-haiku-20240307' does not support output format.",
                "output_config is not supported for this model",
                "output_config.format is not supported.",
                "The `response_format` parameter is not supported by this model.",
                "response_format is not currently supported",
                "outputConfig.textFormat is not supported",
                "Structured outputs are not supported in this region.",
                "Structured output is not supported for streaming.",
                "This model does not support the 'response_format' parameter.",
                "The provided model doesn't support structured outputs.",
                "This model doesn't support output_config.format.",
                "Unsupported parameter: 'response_format'.",
                "Unsupported parameter: response_format"
            })
    void modelWithoutTheParameter_isTold(String words) {
        assertThat(SchemaRefusal.of(refused(words))).contains(SchemaRefusal.PARAMETER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The compiled grammar is too large, which would cause performance issues. Simplify your tool schemas or"
                        + " reduce the number of strict tools.",
                "output_config.format.schema: Invalid schema: The compiled grammar is too large",
                "Schema is too complex for compilation.",
                "The model returned the following errors: Grammar compilation timed out.",
                "Schemas contains too many optional parameters (31), which would make grammar compilation inefficient.",
                "Schemas contains too many parameters with union types (17 parameters with type arrays or anyOf).",
                "output_config.format.schema: For 'integer' type, property 'minimum' is not supported",
                "output_config.format.schema.not is not supported",
                "This model does not support output_config.format.schema.properties.a.pattern",
                "Invalid schema for response_format: 'oneOf' is not supported",
                "For 'object' type, 'additionalProperties' must be explicitly set to false",
                "The value at outputConfig.textFormat.structure.jsonSchema.schema is not a valid JSON schema."
            })
    void schemaThatIsNotTaken_isTold(String words) {
        assertThat(SchemaRefusal.of(refused(words))).contains(SchemaRefusal.SCHEMA);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The model returned the following errors: guardrails: Extra inputs are not permitted",
                "messages.0.content: Input should be a valid string",
                "prompt is too long: 215432 tokens > 200000 maximum",
                "Malformed input request: #: extraneous key [stop] is not permitted, please reformat your input and try"
                        + " again.",
                "Unsupported parameter: top_k",
                "Images are not supported; structured output was asked for.",
                "This model doesn't support the toolConfig.toolChoice.any field. Remove it and try again.",
                "The provided request is not valid"
            })
    void otherRefusals_areNone(String words) {
        assertThat(SchemaRefusal.of(refused(words))).isEmpty();
    }

    @Test
    void otherFailures_areNone() {
        String words = "output_config.format: Extra inputs are not permitted";

        assertThat(SchemaRefusal.of(LlmException.invalid(words))).isEmpty();
        assertThat(SchemaRefusal.of(LlmException.builder(ErrorKind.PROVIDER_ERROR, words)
                        .providerCode("ModelErrorException")
                        .build()))
                .isEmpty();
    }

    private static LlmException refused(String words) {
        return LlmException.builder(ErrorKind.INVALID_REQUEST, words)
                .providerCode("ValidationException")
                .build();
    }
}
