package dev.caravan.model;

import dev.caravan.runtime.Texts;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One entry of the catalogue.
 *
 * @param id the provider's id without an inference profile prefix
 * @param aliases other names, lower case, shortest first, the vendor's names derived from the id among them
 * @param displayName a name for people
 * @param vendor who made the model: {@code anthropic}
 * @param provider who serves it: {@code bedrock}
 * @param family models that share rules: {@code claude-4.5}
 * @param kind chat or embedding
 * @param format name of the native wire format: {@code anthropic-messages}
 * @param contextWindow tokens of input and output together; empty when unknown
 * @param maxOutputTokens most tokens of output; empty when unknown
 * @param released first day of use as far as known
 * @param lifecycle state and successor
 * @param prices USD per million tokens
 * @param capabilities what it can do
 * @param rules what its format must know about parameters
 * @param profiles inference profile prefixes it is served under, without the dot: {@code us}, {@code global}
 * @param profileOnly whether a bare id is refused
 */
public record Model(
        String id,
        List<String> aliases,
        String displayName,
        String vendor,
        String provider,
        String family,
        Kind kind,
        String format,
        Optional<Integer> contextWindow,
        Optional<Integer> maxOutputTokens,
        Optional<LocalDate> released,
        Lifecycle lifecycle,
        Prices prices,
        Capabilities capabilities,
        Rules rules,
        List<String> profiles,
        boolean profileOnly) {

    /** What a model produces. */
    public enum Kind {
        CHAT,
        EMBEDDING
    }

    /** Where a model stands in its life. */
    public enum Status {
        ACTIVE,
        LEGACY,
        RETIRED,
        UNKNOWN;

        /** The lower-case word used in JSON and messages. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param status state according to the catalogue
     * @param endOfLife day after which AWS refuses it, when known
     * @param successor id of the model to use instead, when there is one
     */
    public record Lifecycle(Status status, Optional<LocalDate> endOfLife, Optional<String> successor) {}

    /** USD per million tokens; empty when unknown. */
    public record Prices(
            Optional<Double> input, Optional<Double> output, Optional<Double> cacheRead, Optional<Double> cacheWrite) {}

    /** What the model can do on Bedrock. */
    public record Capabilities(
            boolean streaming,
            boolean tools,
            boolean streamingTools,
            boolean vision,
            boolean system,
            boolean converse,
            boolean reasoning,
            boolean promptCaching) {}

    /** Which of temperature and top_p may be sent. */
    public enum Sampling {
        /** Both, also together. */
        BOTH,
        /** Either, not both together. */
        ONE,
        /** Neither. */
        NONE
    }

    /** How a model thinks before it answers. */
    public enum Thinking {
        NONE,
        /** Off unless asked for with a token budget. */
        MANUAL,
        /** The model decides how much; can be switched off. */
        ADAPTIVE,
        /** Cannot be switched off. */
        ALWAYS
    }

    /** Which tool choices a model takes. */
    public enum ToolChoice {
        NONE,
        AUTO,
        ANY,
        TOOL
    }

    /** The best way to JSON that fits a schema. */
    public enum Json {
        NATIVE,
        TOOL,
        PROMPT
    }

    /** A closed range of numbers. */
    public record Range(double min, double max) {
        public boolean contains(double value) {
            return value >= min && value <= max;
        }

        @Override
        public String toString() {
            return Texts.number(min) + " to " + Texts.number(max);
        }
    }

    /**
     * What the format must know about parameters.
     *
     * @param sampling which of temperature and top_p may be sent
     * @param temperature range of temperature
     * @param topP range of top_p
     * @param maxStopSequences most stop sequences
     * @param thinking how the model thinks
     * @param thinkingDefault whether it thinks unless told not to
     * @param prefill whether a conversation may end with an assistant message
     * @param toolChoice tool choices it takes
     * @param json best way to JSON
     * @param reasoningTags the opening and the closing tag between which a native reply carries its reasoning, before
     *     the answer; empty when it does not
     */
    public record Rules(
            Sampling sampling,
            Range temperature,
            Range topP,
            int maxStopSequences,
            Thinking thinking,
            boolean thinkingDefault,
            boolean prefill,
            List<ToolChoice> toolChoice,
            Json json,
            List<String> reasoningTags) {

        /** Rules of a model without reasoning tags. */
        public Rules(
                Sampling sampling,
                Range temperature,
                Range topP,
                int maxStopSequences,
                Thinking thinking,
                boolean thinkingDefault,
                boolean prefill,
                List<ToolChoice> toolChoice,
                Json json) {
            this(
                    sampling,
                    temperature,
                    topP,
                    maxStopSequences,
                    thinking,
                    thinkingDefault,
                    prefill,
                    toolChoice,
                    json,
                    List.of());
        }
    }
}
