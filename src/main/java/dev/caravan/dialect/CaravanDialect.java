package dev.caravan.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.error.LlmException;

/** Caravan's own API. */
public final class CaravanDialect implements Dialect {

    @Override
    public LlmRequest read(byte[] body) {
        return RequestReader.read(body);
    }

    @Override
    public JsonNode write(LlmReply reply) {
        return ReplyWriter.write(reply);
    }

    @Override
    public JsonNode write(LlmException failure, String requestId) {
        return Problem.write(failure, requestId);
    }

    @Override
    public String problemType() {
        return Problem.CONTENT_TYPE;
    }
}
