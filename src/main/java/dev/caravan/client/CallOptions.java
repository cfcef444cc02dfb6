package dev.caravan.client;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.OnLimit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What a call says beside its prompt. {@code null} means "not given": the client's defaults count, then the settings.
 *
 * @param model id, alias, inference profile or ARN
 * @param system the system prompt; a blank one counts as not given
 * @param temperature sampling temperature, its range is the model's
 * @param topP nucleus sampling, its range is the model's
 * @param maxTokens most tokens of output, at least 1
 * @param stop stop sequences, none of them empty
 * @param maxRetries attempts after the first, 0 to 10
 * @param metadata up to 16 pairs for logs and Bedrock's request metadata
 * @param onLimit what happens at Caravan's own rate limit
 * @param maxRepairs of structured calls: times that an invalid answer is sent back to the model, 0 to 5; others do not look
 *     at it
 */
public record CallOptions(
        String model,
        String system,
        Double temperature,
        Double topP,
        Integer maxTokens,
        List<String> stop,
        Integer maxRetries,
        Map<String, String> metadata,
        OnLimit onLimit,
        Integer maxRepairs) {

    /** Nothing is given. */
    public static final CallOptions NONE = builder().build();

    public CallOptions {
        stop = stop == null ? null : List.copyOf(stop);
        metadata = metadata == null ? null : Map.copyOf(metadata);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Options written by a lambda: {@code CallOptions.of(o -> o.system("…").temperature(0.2))}. */
    public static CallOptions of(Consumer<Builder> options) {
        Objects.requireNonNull(options, "options");
        Builder builder = builder();
        options.accept(builder);
        return builder.build();
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.model = model;
        builder.system = system;
        builder.temperature = temperature;
        builder.topP = topP;
        builder.maxTokens = maxTokens;
        builder.stop = stop;
        builder.maxRetries = maxRetries;
        builder.metadata = metadata;
        builder.onLimit = onLimit;
        builder.maxRepairs = maxRepairs;
        return builder;
    }

    /** These options, and for what they do not give those others. A list or map counts as a whole. */
    public CallOptions orElse(CallOptions others) {
        return new CallOptions(
                first(model, others.model),
                first(system, others.system),
                first(temperature, others.temperature),
                first(topP, others.topP),
                first(maxTokens, others.maxTokens),
                first(stop, others.stop),
                first(maxRetries, others.maxRetries),
                first(metadata, others.metadata),
                first(onLimit, others.onLimit),
                first(maxRepairs, others.maxRepairs));
    }

    private static <T> T first(T one, T other) {
        return one == null ? other : one;
    }

    /** A request of this prompt. */
    LlmRequest.Builder request(String prompt) {
        return LlmRequest.ofPrompt(prompt)
                .model(model)
                .system(system == null || system.isBlank() ? null : system)
                .temperature(temperature)
                .topP(topP)
                .maxTokens(maxTokens)
                .stop(stop)
                .maxRetries(maxRetries)
                .metadata(metadata)
                .onLimit(onLimit);
    }

    /** Collects options; not thread-safe. */
    public static final class Builder {
        private String model;
        private String system;
        private Double temperature;
        private Double topP;
        private Integer maxTokens;
        private List<String> stop;
        private Integer maxRetries;
        private Map<String, String> metadata;
        private OnLimit onLimit;
        private Integer maxRepairs;

        private Builder() {}

        public Builder model(String value) {
            this.model = value;
            return this;
        }

        public Builder system(String value) {
            this.system = value;
            return this;
        }

        public Builder temperature(double value) {
            this.temperature = value;
            return this;
        }

        public Builder topP(double value) {
            this.topP = value;
            return this;
        }

        public Builder maxTokens(int value) {
            this.maxTokens = value;
            return this;
        }

        public Builder stop(String... value) {
            this.stop = List.of(value);
            return this;
        }

        public Builder maxRetries(int value) {
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

        public Builder maxRepairs(int value) {
            this.maxRepairs = value;
            return this;
        }

        public CallOptions build() {
            return new CallOptions(
                    model, system, temperature, topP, maxTokens, stop, maxRetries, metadata, onLimit, maxRepairs);
        }
    }
}
