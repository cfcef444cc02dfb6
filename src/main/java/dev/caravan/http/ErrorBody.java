package dev.caravan.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.error.LlmException;

/** The form in which a path tells of failures; {@link dev.caravan.dialect.Problem#write} is the usual one. */
@FunctionalInterface
public interface ErrorBody {
    ObjectNode write(LlmException failure, String requestId);
}
