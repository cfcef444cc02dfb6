package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One event of a stream's answer.
 *
 * @param type {@code chunk} of InvokeModelWithResponseStream, or the name of ConverseStream's event
 * @param json what the model says in it
 * @param place where it stands in the answer
 */
public record StreamPart(String type, ObjectNode json, Place place) {
    private static final String CHUNK = "chunk";

    /** Where an event stands. */
    public enum Place {
        /** Begins or ends the answer's blocks, without content of its own. */
        FRAME,
        /** Has a piece of the answer. */
        CONTENT,
        /** Of those that end the answer. */
        END
    }

    /** A chunk with a piece of the answer. */
    static StreamPart content(ObjectNode json) {
        return new StreamPart(CHUNK, json, Place.CONTENT);
    }

    /** A chunk around the pieces. */
    static StreamPart frame(ObjectNode json) {
        return new StreamPart(CHUNK, json, Place.FRAME);
    }

    /** A chunk of the answer's end. */
    static StreamPart end(ObjectNode json) {
        return new StreamPart(CHUNK, json, Place.END);
    }
}
