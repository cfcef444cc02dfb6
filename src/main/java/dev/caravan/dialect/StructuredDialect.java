package dev.caravan.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.error.LlmException;

/** Caravan's own API where the answer is valid against a schema: the same, with three more fields in a request. */
public final class StructuredDialect implements Dialect {
    private final Dialect base = new CaravanDialect();

    @Override
    public LlmRequest read(byte[] body) {
        return RequestReader.readStructured(body);
    }

    @Override
    public JsonNode write(LlmReply reply) {
        return base.write(reply);
    }

    @Override
    public JsonNode write(LlmException failure, String requestId) {
        return base.write(failure, requestId);
    }

    @Override
    public String problemType() {
        return base.problemType();
    }
}
