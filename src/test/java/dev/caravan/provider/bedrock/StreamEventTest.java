package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.runtime.Json;
import dev.caravan.support.Frames;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamEventTest {

    private static BedrockWire.Frame frame(byte[] bytes) {
        FrameAssembler assembler = new FrameAssembler();
        assembler.add(Buffer.buffer(bytes));
        return assembler.next();
    }

    private static StreamEvent event(byte[] bytes) {
        return StreamEvent.of(frame(bytes));
    }

    private static LlmException failure(byte[] bytes) {
        return catchThrowableOfType(LlmException.class, () -> event(bytes));
    }

    @Test
    void chunkGivesTheModelsOwnJson() throws Exception {
        StreamEvent event = event(Frames.chunk("{\"generation\":\"é\",\"p\":1}"));

        assertThat(event.type()).isEqualTo("chunk");
        assertThat(event.json())
                .isEqualTo(Json.read("{\"generation\":\"é\",\"p\":1}".getBytes(StandardCharsets.UTF_8)));
        assertThat(event(Frames.chunk("\"[DONE]\"")).json().textValue()).isEqualTo("[DONE]");
    }

    @Test
    void chunkMayHaveMoreMembersAnywhere() {
        StreamEvent event = event(Frames.event(
                "chunk",
                "{\"p\":{\"bytes\":\"bm8=\"},\"bytes\":\"eyJhIjoxfQ==\",\"later\":[{\"bytes\":1}],\"p2\":null}"));

        assertThat(event.json()).hasToString("{\"a\":1}");
    }

    @Test
    void eventComesWithoutItsPadding() {
        StreamEvent event = event(Frames.event("messageStop", "{\"p\":\"abcdef\",\"stopReason\":\"end_turn\"}"));

        assertThat(event.type()).isEqualTo("messageStop");
        assertThat(event.json()).hasToString("{\"stopReason\":\"end_turn\"}");
    }

    @Test
    void contentTypeMayBeMissing() {
        byte[] frame =
                Frames.frame(Map.of(":event-type", "messageStart", ":message-type", "event"), "{\"role\":\"x\"}");

        assertThat(event(frame).json().path("role").textValue()).isEqualTo("x");
    }

    @Test
    void unknownEventIsPassedOn() {
        assertThat(event(Frames.event("laterIdea", "{\"a\":[1]}")))
                .isEqualTo(new StreamEvent(
                        "laterIdea", event(Frames.event("x", "{\"a\":[1]}")).json()));
        assertThat(event(Frames.event("laterIdea", "")).json()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{}",
                "{\"bytes\":1}",
                "{\"bytes\":\"*\"}",
                "{\"bytes\":\"e30\u0000\"}",
                "[]",
                " ",
                "{\"bytes\":\"\"}",
                "{\"bytes\":\"e30=\"} {}",
                "{\"bytes\":\"e30=\",\"bytes\":\"e30=\"}",
                "{\"bytes\":\"e30=\"",
                "{\"bytes\":\"e30\"}",
                "{\"bytes\":\"e30=\",\"p\":[}",
                "[{\"bytes\":\"e30=\"}]",
                "\"e30=\""
            })
    void unreadableChunkIsNotTriedAgain(String payload) {
        LlmException failure = failure(Frames.event("chunk", payload));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(failure.retry()).isEqualTo(Retry.NEVER);
        assertThat(failure).hasMessageStartingWith("A part of Bedrock's stream cannot be read");
    }

    @Test
    void frameThatDoesNotSayWhatItIsCannotBeRead() {
        assertThat(failure(Frames.frame(Map.of(":message-type", "event"), "{}")))
                .hasMessageContaining("does not say its type");
        assertThat(failure(Frames.frame(Map.of(":message-type", "odd"), "{}"))).hasMessageContaining("odd");
    }

    @ParameterizedTest
    @CsvSource({
        "internalServerException,500",
        "serviceUnavailableException,503",
        "throttlingException,429",
        "validationException,400",
        "modelTimeoutException,408",
        "modelStreamErrorException,424",
        "accessDeniedException,403",
        "resourceNotFoundException,404",
        "serviceQuotaExceededException,400",
        "modelNotReadyException,429",
        "somethingNewException,500"
    })
    void exceptionMeansWhatTheErrorReplyOfItsTypeDoes(String type, int status) {
        String body = "{\"message\":\"Words of AWS's.\"}";
        String header = Character.toUpperCase(type.charAt(0)) + type.substring(1);
        LlmException unary = BedrockErrors.toLlm(
                new BedrockWire.Reply(
                        status, Map.of("x-amzn-errortype", List.of(header)), body.getBytes(StandardCharsets.UTF_8)),
                Clock.systemUTC());

        LlmException failure = failure(Frames.exception(type, body));

        assertThat(failure.kind()).isEqualTo(unary.kind());
        assertThat(failure.retry()).isEqualTo(unary.retry());
        assertThat(failure.retryable()).isEqualTo(unary.retryable());
        assertThat(failure.providerCode()).isEqualTo(header);
        assertThat(failure).hasMessage(unary.getMessage()).hasMessageContaining("Words of AWS's.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ThrottlingException", "THROTTLINGEXCEPTION", "throttlingexception", " throttlingException"})
    void typeIsReadInAnyCase(String type) {
        LlmException failure = failure(Frames.exception(type, "{\"Message\":\"Too many tokens\"}"));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_THROTTLED);
        assertThat(failure.providerCode()).isEqualTo("ThrottlingException");
        assertThat(failure).hasMessage("Too many tokens");
    }

    @ParameterizedTest
    @CsvSource({"500,BACKOFF,true", "429,BACKOFF,true", "400,NEVER,false", ",NEVER,false"})
    void modelStreamErrorIsTriedAgainByItsOriginalStatus(Integer original, Retry retry, boolean retryable) {
        LlmException failure = failure(Frames.exception(
                "modelStreamErrorException",
                "{\"message\":\"m\",\"originalMessage\":\"o\",\"originalStatusCode\":" + original + "}"));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(failure.retry()).isEqualTo(retry);
        assertThat(failure.retryable()).isEqualTo(retryable);
    }

    @Test
    void errorFrameIsReadByItsCode() {
        LlmException known = failure(Frames.frame(
                Map.of(
                        ":message-type",
                        "error",
                        ":error-code",
                        "InternalFailure",
                        ":error-message",
                        "An internal \"x\""),
                ""));
        LlmException unknown = failure(Frames.frame(Map.of(":message-type", "error", ":error-code", "Odd"), ""));
        LlmException bare = failure(Frames.frame(Map.of(":message-type", "error"), ""));

        assertThat(known.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(known.retry()).isEqualTo(Retry.BACKOFF);
        assertThat(known).hasMessage("An internal \"x\"");
        assertThat(unknown.retry()).isEqualTo(Retry.BACKOFF);
        assertThat(unknown.retryable()).isTrue();
        assertThat(unknown).hasMessage("Bedrock broke its answer off (Odd) and said no more.");
        assertThat(bare.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(bare).hasMessage("Bedrock broke its answer off and said no more.");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 408, 424, 429, 500, 503, 504})
    void errorFrameOfABareStatusMeansWhatAnUntypedReplyOfItDoes(int status) {
        byte[] body = "{\"message\":\"Words of AWS's.\"}".getBytes(StandardCharsets.UTF_8);
        LlmException unary = BedrockErrors.toLlm(new BedrockWire.Reply(status, Map.of(), body), Clock.systemUTC());

        LlmException failure = failure(Frames.frame(
                Map.of(
                        ":message-type",
                        "error",
                        ":error-code",
                        Integer.toString(status),
                        ":error-message",
                        "Words of AWS's."),
                ""));

        assertThat(failure.kind()).isEqualTo(unary.kind());
        assertThat(failure.retry()).isEqualTo(unary.retry());
        assertThat(failure.retryable()).isEqualTo(unary.retryable());
        assertThat(failure.providerCode()).isEqualTo(unary.providerCode());
        assertThat(failure).hasMessage(unary.getMessage());
    }

    @Test
    void exceptionWithoutAReadablePayloadKeepsItsType() {
        LlmException failure = failure(Frames.exception("throttlingException", "<html>"));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_THROTTLED);
        assertThat(failure).hasMessageContaining("ThrottlingException");
    }
}
