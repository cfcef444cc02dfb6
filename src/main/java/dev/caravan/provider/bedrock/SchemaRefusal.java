package dev.caravan.provider.bedrock;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Why Bedrock refused a request that said a JSON Schema in the provider's own parameter. AWS has no code for it, so its
 * words are read: those that public issues and repositories of clients quote (Hindsight, TanStack AI, Anthropic's Python
 * SDK, the Python samples for Converse), and the names of the parameter (AWS user guide, "Get validated JSON results from
 * models").
 */
public enum SchemaRefusal {
    /** The model does not have the parameter, in this region or by this inference profile; no schema would be taken. */
    PARAMETER,
    /** This schema is not taken: too large, or not in the provider's part of JSON Schema. */
    SCHEMA;

    /** The parameter itself, and nothing within a schema that it holds. */
    private static final String NAME =
            "['\"`]?(output_?config(\\.(text_?)?format)?|output[_ ]format|response_format|structured outputs?)(?!\\.?\\w)";

    private static final Pattern NO_PARAMETER = Pattern.compile(String.join(
            "|",
            NAME + ": extra inputs are not permitted",
            NAME + "['\"`]?( (parameter|field|option|feature))? (is|are) not (currently )?supported",
            "(does not|doesn.t) (currently )?support (the )?" + NAME,
            "unsupported (parameter|field): " + NAME,
            "extraneous key \\[(output_config|response_format)]",
            "json_schema` is not supported for this model"));

    private static final List<String> SPEAKS_OF_SCHEMA = List.of(
            "output_config",
            "output_format",
            "outputconfig",
            "response_format",
            "schema is too complex",
            "schemas contains too many",
            "compiled grammar",
            "grammar compilation",
            "for 'object' type");

    /**
     * Reads a failure of a call that said a schema.
     *
     * @return empty when it was refused, or failed, for another reason
     */
    public static Optional<SchemaRefusal> of(LlmException failure) {
        if (failure.kind() != ErrorKind.INVALID_REQUEST || !"ValidationException".equals(failure.providerCode())) {
            return Optional.empty();
        }
        String words = failure.getMessage().toLowerCase(Locale.ROOT);
        if (NO_PARAMETER.matcher(words).find()) {
            return Optional.of(PARAMETER);
        }
        return SPEAKS_OF_SCHEMA.stream().anyMatch(words::contains) ? Optional.of(SCHEMA) : Optional.empty();
    }
}
