package dev.caravan.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.dialect.Problem;
import dev.caravan.error.LlmException;

/** The form in which a path tells of failures; {@link Problem#write} is the usual one. */
@FunctionalInterface
public interface ErrorBody {
    ObjectNode write(LlmException failure, String requestId);

    default String contentType() {
        return Problem.CONTENT_TYPE;
    }
}
