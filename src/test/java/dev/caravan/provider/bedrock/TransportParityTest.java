package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.caravan.config.Settings;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.runtime.Cancellation;
import dev.caravan.support.BedrockTestServer;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ModelErrorException;
import software.amazon.awssdk.services.bedrockruntime.model.ThrottlingException;
import software.amazon.awssdk.services.bedrockruntime.model.Trace;

/** Our wire and the SDK's own client send the same and read the same. */
class TransportParityTest extends WireTestBase {

    private InvokeModelResponse invoke(Settings.Transport transport, InvokeModelRequest request) {
        return open(settings().transport(transport).build()).client().invokeModel(request);
    }

    private static InvokeModelRequest request(String model) {
        return InvokeModelRequest.builder()
                .modelId(model)
                .body(SdkBytes.fromUtf8String("{\"prompt\":\"é\"}"))
                .build();
    }

    private static InvokeModelRequest full(String model) {
        return request(model).toBuilder()
                .accept("application/json")
                .contentType("application/json")
                .trace(Trace.ENABLED)
                .guardrailIdentifier("gr-1")
                .guardrailVersion("DRAFT")
                .performanceConfigLatency("optimized")
                .serviceTier("flex")
                .requestMetadata("{\"team\":\"export\"}")
                .overrideConfiguration(o -> o.putHeader("X-Amzn-Trace-Id", "Root=1"))
                .build();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anthropic.claude-3-haiku-20240307-v1:0",
                "us.meta.llama3-3-70b-instruct-v1:0",
                "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3"
            })
    void bothSendTheSameRequest(String model) {
        for (InvokeModelRequest request : new InvokeModelRequest[] {request(model), full(model)}) {
            invoke(Settings.Transport.WIRE, request);
            BedrockTestServer.Seen wire = server.last();
            invoke(Settings.Transport.SDK, request);
            BedrockTestServer.Seen sdk = server.last();

            assertThat(wire.method()).isEqualTo(sdk.method());
            assertThat(wire.uri()).isEqualTo(sdk.uri());
            assertThat(wire.body()).isEqualTo(sdk.body());
            assertThat(compared(wire.headers())).isEqualTo(compared(sdk.headers()));
        }
    }

    /** Without what belongs to the moment, the client, or one connection. */
    private static Map<String, String> compared(MultiMap headers) {
        Map<String, String> kept = new TreeMap<>();
        headers.forEach((name, value) -> kept.put(name.toLowerCase(Locale.ROOT), value));
        kept.keySet().removeIf(name -> name.startsWith("amz-sdk-"));
        kept.keySet().removeAll(java.util.Set.of("authorization", "x-amz-date", "user-agent", "connection"));
        return kept;
    }

    @ParameterizedTest
    @EnumSource(Settings.Transport.class)
    void replyCarriesBodyHeadersAndRequestId(Settings.Transport transport) {
        server.answer(BedrockTestServer.answering(
                200,
                Map.of(
                        "Content-Type", "application/json",
                        "x-amzn-RequestId", "req-9",
                        "X-Amzn-Bedrock-Service-Tier", "flex",
                        "X-Amzn-Bedrock-Output-Token-Count", "34"),
                "{\"completion\":\"Hi\"}"));

        InvokeModelResponse response = invoke(transport, request(MODEL));

        assertThat(response.body().asUtf8String()).isEqualTo("{\"completion\":\"Hi\"}");
        assertThat(response.contentType()).isEqualTo("application/json");
        assertThat(response.serviceTierAsString()).isEqualTo("flex");
        assertThat(response.responseMetadata().requestId()).isEqualTo("req-9");
        assertThat(response.sdkHttpResponse().statusCode()).isEqualTo(200);
        assertThat(response.sdkHttpResponse().firstMatchingHeader("X-Amzn-Bedrock-Output-Token-Count"))
                .contains("34");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "403|AccessDeniedException|{\"message\":\"no\"}|PROVIDER_ACCESS_DENIED|NEVER|false",
                "403|UnrecognizedClientException|{\"message\":\"The security token is invalid.\"}|PROVIDER_ACCESS_DENIED|NEVER|false",
                "403|ExpiredTokenException|{\"message\":\"expired\"}|PROVIDER_ACCESS_DENIED|NEVER|false",
                "403|InvalidSignatureException|{\"message\":\"bad\"}|PROVIDER_ACCESS_DENIED|NEVER|false",
                "400|IncompleteSignature|{\"message\":\"bad\"}|PROVIDER_ACCESS_DENIED|NEVER|false",
                "403|-|-|PROVIDER_ACCESS_DENIED|NEVER|false",
                "400|ValidationException|{\"message\":\"Malformed input request\"}|INVALID_REQUEST|NEVER|false",
                "400|ValidationException|{\"message\":\"The provided model identifier is invalid.\"}|MODEL_NOT_FOUND|NEVER|false",
                "400|ValidationException|{\"message\":\"Invocation of model ID X with on-demand throughput isn’t supported.\"}|INVALID_REQUEST|NEVER|false",
                "404|ResourceNotFoundException|{\"message\":\"This model version has reached the end of its life.\"}|MODEL_NOT_FOUND|NEVER|false",
                "404|ResourceNotFoundException|{\"message\":\"Model use case details have not been submitted for this account.\"}|MODEL_NOT_FOUND|NEVER|false",
                "429|ThrottlingException|{\"message\":\"Too many requests\"}|PROVIDER_THROTTLED|BACKOFF|true",
                "400|ThrottlingException|{\"message\":\"Too many requests\"}|PROVIDER_THROTTLED|BACKOFF|true",
                "429|-|{}|PROVIDER_THROTTLED|BACKOFF|true",
                "400|ServiceQuotaExceededException|{\"message\":\"quota\"}|PROVIDER_THROTTLED|NEVER|true",
                "429|ModelNotReadyException|{\"message\":\"cold\"}|PROVIDER_UNAVAILABLE|BACKOFF|true",
                "408|ModelTimeoutException|{\"message\":\"slow\"}|PROVIDER_TIMEOUT|ONCE|true",
                "424|ModelErrorException|{\"message\":\"m\",\"originalStatusCode\":500}|PROVIDER_ERROR|BACKOFF|true",
                "424|ModelErrorException|{\"message\":\"m\",\"originalStatusCode\":429}|PROVIDER_ERROR|BACKOFF|true",
                "424|ModelErrorException|{\"message\":\"m\",\"originalStatusCode\":400}|PROVIDER_ERROR|NEVER|false",
                "424|ModelErrorException|{\"message\":\"m\"}|PROVIDER_ERROR|NEVER|false",
                "500|InternalServerException|{\"message\":\"oops\"}|PROVIDER_ERROR|BACKOFF|true",
                "502|-|<html>Bad gateway</html>|PROVIDER_ERROR|BACKOFF|true",
                "503|ServiceUnavailableException|{\"message\":\"busy\"}|PROVIDER_UNAVAILABLE|BACKOFF|true",
                "503|-|-|PROVIDER_UNAVAILABLE|BACKOFF|true",
                "504|-|{\"message\":\"gateway\"}|PROVIDER_TIMEOUT|BACKOFF|true",
                "400|SomethingNew|{\"message\":\"new\"}|INVALID_REQUEST|NEVER|false",
                "409|-|{\"message\":\"new\"}|PROVIDER_ERROR|NEVER|false",
                "404|-|<html>nginx</html>|PROVIDER_ERROR|NEVER|false",
                "413|-|-|PROVIDER_ERROR|NEVER|false",
                "409|ConflictException|{\"message\":\"new\"}|INVALID_REQUEST|NEVER|false",
                "400|-|{\"message\":\"new\"}|INVALID_REQUEST|NEVER|false",
                "529|SomethingNew|{\"message\":\"new\"}|PROVIDER_ERROR|NEVER|true",
                "400|-|{\"__type\":\"com.amazon.coral#ThrottlingException\",\"Message\":\"slow down\"}|PROVIDER_THROTTLED|BACKOFF|true",
                "400|-|{\"code\":\"ValidationException\",\"message\":\"x\"}|INVALID_REQUEST|NEVER|false",
            })
    void bothReadEveryErrorAlike(int status, String type, String body, ErrorKind kind, Retry retry, boolean retryable) {
        server.answer(status, type, body == null ? "" : body);

        LlmException wire = failureOf(Settings.Transport.WIRE);
        LlmException sdk = failureOf(Settings.Transport.SDK);

        assertThat(wire.kind()).isEqualTo(kind);
        assertThat(wire.retry()).isEqualTo(retry);
        assertThat(wire.retryable()).isEqualTo(retryable);
        assertThat(sdk)
                .usingRecursiveComparison()
                .comparingOnlyFields("kind", "retry", "retryable", "providerCode", "retryAfter", "attempts")
                .isEqualTo(wire);
        assertThat(sdk.getMessage()).isEqualTo(wire.getMessage());
        assertThat(sdk.getCause()).hasSameClassAs(wire.getCause());
        assertThat(server.seen()).as("one call each, the SDK's retries are off").hasSize(2);
    }

    private LlmException failureOf(Settings.Transport transport) {
        Throwable thrown = catchThrowable(() -> invoke(transport, request(MODEL)));
        assertThat(thrown).isInstanceOf(AwsServiceException.class);
        assertThat(((AwsServiceException) thrown).awsErrorDetails()).isNotNull();
        assertThat(((AwsServiceException) thrown).requestId()).isEqualTo("req-1");
        return BedrockErrors.toLlm(thrown);
    }

    @ParameterizedTest
    @EnumSource(Settings.Transport.class)
    void exceptionIsTheModelledOne(Settings.Transport transport) {
        server.answer(
                424, "ModelErrorException", "{\"message\":\"m\",\"originalStatusCode\":503,\"resourceName\":\"r\"}");
        assertThat(catchThrowable(() -> invoke(transport, request(MODEL))))
                .isInstanceOfSatisfying(ModelErrorException.class, e -> {
                    assertThat(e.originalStatusCode()).isEqualTo(503);
                    assertThat(e.resourceName()).isEqualTo("r");
                });
        server.answer(429, "ThrottlingException", "{\"message\":\"Too many tokens\"}");
        assertThat(catchThrowable(() -> invoke(transport, request(MODEL))))
                .isInstanceOfSatisfying(ThrottlingException.class, e -> {
                    assertThat(e.isThrottlingException()).isTrue();
                    assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ThrottlingException");
                    assertThat(e.statusCode()).isEqualTo(429);
                });
    }

    @ParameterizedTest
    @EnumSource(Settings.Transport.class)
    void retryAfterIsPassedOn(Settings.Transport transport) {
        server.answer(BedrockTestServer.answering(
                429, Map.of("x-amzn-ErrorType", "ThrottlingException", "Retry-After", "7"), "{}"));

        Throwable thrown = catchThrowable(() -> invoke(transport, request(MODEL)));

        assertThat(BedrockErrors.toLlm(thrown).retryAfter()).isEqualTo(Duration.ofSeconds(7));
    }

    @ParameterizedTest
    @EnumSource(Settings.Transport.class)
    void timeoutOfTheRequestHolds(Settings.Transport transport) {
        server.answer(request -> {});
        InvokeModelRequest request = request(MODEL).toBuilder()
                .overrideConfiguration(o -> o.apiCallTimeout(Duration.ofMillis(200)))
                .build();

        LlmException failure = BedrockErrors.toLlm(catchThrowable(() -> invoke(transport, request)));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_TIMEOUT);
        assertThat(failure.retry()).isEqualTo(Retry.NEVER);
    }

    @ParameterizedTest
    @EnumSource(Settings.Transport.class)
    void brokenConnectionIsUnavailable(Settings.Transport transport) {
        server.answer(request -> request.connection().close());

        LlmException failure = BedrockErrors.toLlm(catchThrowable(() -> invoke(transport, request(MODEL))));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        assertThat(failure.retry()).isEqualTo(Retry.BACKOFF);
        assertThat(server.seen()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Settings.Transport.class)
    void refusedConnectionIsUnavailable(Settings.Transport transport) throws Exception {
        int free;
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        BedrockProvider provider = open(settings()
                .transport(transport)
                .endpoint(java.net.URI.create("http://127.0.0.1:" + free))
                .build());

        LlmException failure =
                BedrockErrors.toLlm(catchThrowable(() -> provider.client().invokeModel(request(MODEL))));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        assertThat(failure.retry()).isEqualTo(Retry.BACKOFF);
    }

    @ParameterizedTest
    @EnumSource(Settings.Transport.class)
    void connectTimeoutMayBeTriedAgain(Settings.Transport transport) throws Exception {
        try (java.net.ServerSocket full = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            var queue = VertxBedrockWireTest.fill(full);
            BedrockProvider provider = open(settings()
                    .transport(transport)
                    .connect(Duration.ofMillis(200))
                    .endpoint(java.net.URI.create("http://127.0.0.1:" + full.getLocalPort()))
                    .build());
            LlmException failure =
                    BedrockErrors.toLlm(catchThrowable(() -> provider.client().invokeModel(request(MODEL))));
            for (java.net.Socket socket : queue) {
                socket.close();
            }

            assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_TIMEOUT);
            assertThat(failure.retry()).isEqualTo(Retry.BACKOFF);
        }
    }

    @ParameterizedTest
    @EnumSource(Settings.Transport.class)
    void bearerTokenIsSent(Settings.Transport transport) {
        BedrockProvider provider = open(settings()
                .transport(transport)
                .env("AWS_BEARER_TOKEN_BEDROCK", "token-1")
                .build());

        provider.client().invokeModel(request(MODEL));

        assertThat(server.last().header("Authorization")).isEqualTo("Bearer token-1");
    }

    @ParameterizedTest
    @EnumSource(Settings.Transport.class)
    void missingCredentialsAreDenied(Settings.Transport transport) {
        BedrockProvider provider = open(settings().noKeys().transport(transport).build());

        LlmException failure =
                BedrockErrors.toLlm(catchThrowable(() -> provider.client().invokeModel(request(MODEL))));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ACCESS_DENIED);
        assertThat(failure.getMessage()).contains("AWS_ACCESS_KEY_ID");
    }

    @Test
    void cancellationAttributeEndsTheCall() {
        server.answer(request -> {});
        Cancellation cancellation = new Cancellation();
        BedrockProvider provider = open(settings().build());
        InvokeModelRequest request = request(MODEL).toBuilder()
                .overrideConfiguration(o -> o.putExecutionAttribute(BedrockProvider.CANCELLATION, cancellation))
                .build();
        CompletableFuture<Throwable> thrown = CompletableFuture.supplyAsync(
                () -> catchThrowable(() -> provider.client().invokeModel(request)));
        Awaitility.await().until(() -> server.seen().size() == 1);

        cancellation.cancel();

        assertThat(thrown.join()).isInstanceOf(AbortedException.class);
        Awaitility.await().until(() -> server.closedConnections() == 1);
    }

    @Test
    void interruptionEndsTheCall() throws Exception {
        server.answer(request -> {});
        BedrockProvider provider = open(settings().build());
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread caller = new Thread(
                () -> thrown.complete(catchThrowable(() -> provider.client().invokeModel(request(MODEL)))));
        caller.start();
        Awaitility.await().until(() -> server.seen().size() == 1);

        caller.interrupt();

        assertThat(thrown.get()).isInstanceOf(AbortedException.class);
        Awaitility.await().until(() -> server.closedConnections() == 1);
    }

    @Test
    void everythingElseIsRefused() {
        BedrockProvider provider = open(settings().build());

        assertThat(catchThrowable(() -> provider.client().converse(c -> c.modelId(MODEL))))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(catchThrowable(() -> provider.asyncClient().invokeModel(request(MODEL))))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void exceptionWithoutDetailsIsReadByItsStatus() {
        LlmException failure = BedrockErrors.toLlm(ThrottlingException.builder()
                .statusCode(429)
                .message("Too many requests")
                .build());

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_THROTTLED);
        assertThat(failure.getMessage()).contains("Too many requests");
    }

    @Test
    void hintsSayWhatToDo() {
        assertThat(read(
                        400,
                        "ValidationException",
                        "Invocation of model ID X with on-demand throughput isn't supported."))
                .hasMessageContaining("name the profile as the model")
                .hasMessageContaining("caravan.bedrock.profile must not be none")
                .hasMessageContaining("profile_only: true");
        assertThat(read(
                        404,
                        "ResourceNotFoundException",
                        "Model use case details have not been submitted for this account."))
                .hasMessageContaining("use case form");
        assertThat(BedrockErrors.isRetiredModel(
                        "Access denied. This Model is marked by provider as Legacy and you have not been using it"))
                .isTrue();
        assertThat(BedrockErrors.isRetiredModel("This model version has reached the end of its life. Please"))
                .isTrue();
        assertThat(BedrockErrors.isRetiredModel(null)).isFalse();
        assertThat(read(400, "ValidationException", "x".repeat(100_000)).getMessage())
                .hasSizeLessThan(2100);
    }

    private static LlmException read(int status, String type, String message) {
        byte[] body = ("{\"message\":\"" + message + "\"}").getBytes(StandardCharsets.UTF_8);
        return BedrockErrors.toLlm(
                new BedrockWire.Reply(status, Map.of("x-amzn-errortype", java.util.List.of(type)), body),
                java.time.Clock.systemUTC());
    }
}
