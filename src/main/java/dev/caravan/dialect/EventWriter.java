package dev.caravan.dialect;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.Part;
import dev.caravan.chat.StreamStart;
import dev.caravan.error.LlmException;

/**
 * How an answer that is given out as it comes looks to one kind of client: each method gives the bytes of one event, or
 * of several, or of none where this kind of client is told nothing. One writer for one answer; it may keep state, and is
 * called by one thread at a time, in the order of the events. It does not throw.
 */
public interface EventWriter {

    /** Content type of the whole, such as {@code text/event-stream}. */
    String contentType();

    /** The answer begins; before its first part. */
    byte[] start(StreamStart start);

    /**
     * A part of it.
     *
     * @param answer number of the answer that it belongs to, from 1; the parts of an earlier one are void
     */
    byte[] part(Part part, int answer);

    /** The end of an answer whose parts have all been given. */
    byte[] end(LlmReply reply);

    /** The end of an answer that failed after it had begun. */
    byte[] error(LlmException failure, String requestId);

    /** A sign of life where nothing else is to say; always the same, and asked for before all else. */
    byte[] ping();
}
