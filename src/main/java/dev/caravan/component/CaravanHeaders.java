package dev.caravan.component;

/** Headers that set an option for one message; they win over the endpoint's options. */
public final class CaravanHeaders {
    /** String: name of the model. */
    public static final String MODEL = "CaravanModel";

    /** String: the system prompt. */
    public static final String SYSTEM_PROMPT = "CaravanSystemPrompt";

    /** Double: sampling temperature. */
    public static final String TEMPERATURE = "CaravanTemperature";

    /** Double: nucleus sampling. */
    public static final String TOP_P = "CaravanTopP";

    /** Integer: most tokens of output, at least 1. */
    public static final String MAX_TOKENS = "CaravanMaxTokens";

    /** Integer: attempts after the first, 0 to 10. */
    public static final String MAX_RETRIES = "CaravanMaxRetries";

    /** String: {@code reject} or {@code wait}. */
    public static final String ON_LIMIT = "CaravanOnLimit";

    /** String: name of the schema; of {@code caravan:structured} only, like the next two. */
    public static final String SCHEMA_NAME = "CaravanSchemaName";

    /** JSON Schema as JSON text, a Map or a Jackson tree. */
    public static final String SCHEMA = "CaravanSchema";

    /** Integer: times that an invalid answer is sent back to the model, 0 to 5. */
    public static final String MAX_REPAIRS = "CaravanMaxRepairs";

    /** Boolean: whether the body is an {@link dev.caravan.chat.LlmStream} that gives the answer as it comes. */
    public static final String STREAM = "CaravanStream";

    private CaravanHeaders() {}
}
