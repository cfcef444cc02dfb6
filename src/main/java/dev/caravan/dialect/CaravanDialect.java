package dev.caravan.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.error.LlmException;
import java.util.function.Function;

/** Caravan's own API. */
public final class CaravanDialect implements Dialect {
    private final Function<byte[], LlmRequest> reader;

    private CaravanDialect(Function<byte[], LlmRequest> reader) {
        this.reader = reader;
    }

    /** For answers in text. */
    public static CaravanDialect plain() {
        return new CaravanDialect(RequestReader::read);
    }

    /** For answers that are valid against a schema: a request has three more fields. */
    public static CaravanDialect structured() {
        return new CaravanDialect(RequestReader::readStructured);
    }

    @Override
    public LlmRequest read(byte[] body) {
        return reader.apply(body);
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

    @Override
    public EventWriter events() {
        return new CaravanEvents();
    }
}
