package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * JSON found in an answer.
 *
 * @param data the value; null when it cannot be used
 * @param rank how much it is trusted
 * @param complaint why it cannot be used; null with data
 */
record Candidate(JsonNode data, Rank rank, String complaint) {
    /** The better ones first. */
    enum Rank {
        /** As the model wrote it. */
        SOUND,
        /** After its syntax was mended. */
        MENDED,
        /** A sound part of something that is not JSON and cannot be mended. */
        PART
    }
}
