package dev.caravan.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a caller asks. {@code null} (or empty) means "not given".
 *
 * @param model a name as the caller wrote it (id, alias, profile, ARN), or null for the configured default
 * @param messages the conversation; system messages may stand anywhere, one non-system message is required
 * @param system the system prompt, which goes before the system messages; null when absent
 * @param temperature sampling temperature; its range is the model's
 * @param topP nucleus sampling, its range is the model's
 * @param maxTokens most tokens of output, at least 1
 * @param stop stop sequences, in order
 * @param maxRetries attempts after the first, 0 to 10; null for the configured number
 * @param metadata up to 16 pairs for logs and Bedrock's request metadata
 * @param onLimit what happens at Caravan's own rate limit
 * @param useDefaults whether the configured temperature and max tokens fill what is absent (Caravan's own API,
 *     folders and schedules) or not (dialects)
 * @param tools tools that the model may call
 * @param toolChoice whether and which; null to leave it to the model
 * @param structured what the answer must be valid against; null for an answer in text
 * @param responseSchema JSON Schema that the provider itself shall hold the answer to, by its native JSON mode; set by
 *     the trunk, null when absent
 * @param stream whether the parts of the answer shall be given out as they come, to the exchange's {@code PartSink}
 */
public record LlmRequest(
        String model,
        List<Message> messages,
        String system,
        Double temperature,
        Double topP,
        Integer maxTokens,
        List<String> stop,
        Integer maxRetries,
        Map<String, String> metadata,
        OnLimit onLimit,
        boolean useDefaults,
        List<Tool> tools,
        ToolChoice toolChoice,
        Structured structured,
        JsonNode responseSchema,
        boolean stream) {

    public LlmRequest {
        messages = List.copyOf(messages);
        stop = stop == null ? List.of() : List.copyOf(stop);
        metadata = metadata == null ? Map.of() : Map.copyOf(metadata);
        onLimit = Objects.requireNonNullElse(onLimit, OnLimit.REJECT);
        tools = tools == null ? List.of() : List.copyOf(tools);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a request needs at least one message");
        }
    }

    /** A builder with one user message and defaults on. */
    public static Builder ofPrompt(String prompt) {
        return new Builder().message(Message.of(Role.USER, prompt));
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this request. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.model = model;
        builder.messages.addAll(messages);
        builder.system = system;
        builder.temperature = temperature;
        builder.topP = topP;
        builder.maxTokens = maxTokens;
        builder.stop = stop;
        builder.maxRetries = maxRetries;
        builder.metadata = metadata;
        builder.onLimit = onLimit;
        builder.useDefaults = useDefaults;
        builder.tools = tools;
        builder.toolChoice = toolChoice;
        builder.structured = structured;
        builder.responseSchema = responseSchema;
        builder.stream = stream;
        return builder;
    }

    /** Collects the parts of a request; not thread-safe. */
    public static final class Builder {
        private String model;
        private final List<Message> messages = new ArrayList<>();
        private String system;
        private Double temperature;
        private Double topP;
        private Integer maxTokens;
        private List<String> stop = List.of();
        private Integer maxRetries;
        private Map<String, String> metadata = Map.of();
        private OnLimit onLimit = OnLimit.REJECT;
        private boolean useDefaults = true;
        private List<Tool> tools = List.of();
        private ToolChoice toolChoice;
        private Structured structured;
        private JsonNode responseSchema;
        private boolean stream;

        private Builder() {}

        public Builder model(String value) {
            this.model = value;
            return this;
        }

        public Builder message(Message value) {
            this.messages.add(value);
            return this;
        }

        public Builder messages(List<Message> value) {
            this.messages.clear();
            this.messages.addAll(value);
            return this;
        }

        public Builder system(String value) {
            this.system = value;
            return this;
        }

        public Builder temperature(Double value) {
            this.temperature = value;
            return this;
        }

        public Builder topP(Double value) {
            this.topP = value;
            return this;
        }

        public Builder maxTokens(Integer value) {
            this.maxTokens = value;
            return this;
        }

        public Builder stop(List<String> value) {
            this.stop = value;
            return this;
        }

        public Builder stop(String... value) {
            return stop(Arrays.asList(value));
        }

        public Builder maxRetries(Integer value) {
            this.maxRetries = value;
            return this;
        }

        public Builder metadata(Map<String, String> value) {
            this.metadata = value;
            return this;
        }

        public Builder onLimit(OnLimit value) {
            this.onLimit = value;
            return this;
        }

        public Builder useDefaults(boolean value) {
            this.useDefaults = value;
            return this;
        }

        public Builder tools(List<Tool> value) {
            this.tools = value;
            return this;
        }

        public Builder toolChoice(ToolChoice value) {
            this.toolChoice = value;
            return this;
        }

        public Builder structured(Structured value) {
            this.structured = value;
            return this;
        }

        public Builder responseSchema(JsonNode value) {
            this.responseSchema = value;
            return this;
        }

        public Builder stream(boolean value) {
            this.stream = value;
            return this;
        }

        public LlmRequest build() {
            return new LlmRequest(
                    model,
                    messages,
                    system,
                    temperature,
                    topP,
                    maxTokens,
                    stop,
                    maxRetries,
                    metadata,
                    onLimit,
                    useDefaults,
                    tools,
                    toolChoice,
                    structured,
                    responseSchema,
                    stream);
        }
    }
}
