package dev.caravan.observe;

import dev.caravan.chat.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the trunk can tell about a call for the access line and the metrics; never content. */
public interface CallFacts {

    /**
     * The catalogue's id of the model, so that nobody can invent one, or {@code unknown} for a model outside of it;
     * null before it was resolved.
     */
    String model();

    /** The id of a model outside the catalogue as it was called, for the access line only; null for all others. */
    default String unknownModel() {
        return null;
    }

    /** Counts over all calls; {@link Usage#UNKNOWN} when nothing was reported. */
    Usage usage();

    /** Upstream calls made. */
    int attempts();

    /** Time spent in upstream calls and in waits between them: what is not Caravan's own overhead. */
    Duration upstreamTime();

    /** From the begin of the call to the first part of its streamed answer; null when there was none. */
    default Duration firstPart() {
        return null;
    }

    /** Pairs that the caller hung on the request, for the access line only: never a metric's label. */
    default Map<String, String> metadata() {
        return Map.of();
    }

    /** Answers of the model that were to be valid against a schema, in order; empty for answers in text. */
    default List<StructuredAnswer> structuredAnswers() {
        return List.of();
    }
}
