package dev.caravan.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.error.LlmException;

/** How one kind of client speaks, both directions. Stateless and thread-safe. */
public interface Dialect {

    /**
     * Reads a request's body.
     *
     * @param body UTF-8 JSON as it came
     * @throws LlmException {@code invalid_request} naming what is wrong
     */
    LlmRequest read(byte[] body);

    /** Writes a reply's body. */
    JsonNode write(LlmReply reply);

    /** Writes a failure's body. */
    JsonNode write(LlmException failure, String requestId);

    /** Content type of failures. */
    String problemType();

    /** A writer of the events of one answer that is given out as it comes. */
    EventWriter events();
}
