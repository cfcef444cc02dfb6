package dev.caravan.emulator;

import static dev.caravan.support.EmulatorHarness.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.config.Secret;
import dev.caravan.support.EmulatorHarness;
import dev.caravan.support.EmulatorModels;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;
import software.amazon.awssdk.identity.spi.TokenIdentity;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClientBuilder;
import software.amazon.awssdk.services.bedrockruntime.auth.scheme.BedrockRuntimeAuthSchemeProvider;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeException;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ThrottlingException;
import software.amazon.awssdk.services.bedrockruntime.model.Tool;
import software.amazon.awssdk.services.bedrockruntime.model.ToolConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ToolResultContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ToolUseBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;

/** The real client signs, so what it gets through proves the emulator's own verification. */
class EmulatorSdkTest {
    private static final String KEY = "AKIAEXAMPLE";
    private static final String SECRET = "a/secret+key";
    private static final String HAIKU = "anthropic.claude-3-haiku-20240307-v1:0";

    private static final BedrockRuntimeAuthSchemeProvider BEARER =
            BedrockRuntimeAuthSchemeProvider.defaultProvider(List.of("httpBearerAuth"));

    private static EmulatorHarness open;
    private static EmulatorHarness closed;

    @BeforeAll
    static void start() {
        open = new EmulatorHarness();
        closed = new EmulatorHarness(options());
    }

    @AfterAll
    static void stop() {
        open.close();
        closed.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                HAIKU,
                "us.anthropic.claude-haiku-4-5-20251001-v1:0",
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0"
            })
    void a_signed_call_is_answered(String model) {
        try (BedrockRuntimeClient client = client(closed, AwsBasicCredentials.create(KEY, SECRET))) {
            assertThat(invoke(client, model).body().asUtf8String()).contains("msg_bdrk_");
        }
    }

    @Test
    void a_session_token_is_part_of_the_signature() {
        try (BedrockRuntimeClient client = client(closed, AwsSessionCredentials.create(KEY, SECRET, "token==/+"))) {
            assertThat(invoke(client, HAIKU).contentType()).isEqualTo("application/json");
        }
    }

    @Test
    void anyone_may_call_an_open_emulator() {
        try (BedrockRuntimeClient client = client(open, AwsBasicCredentials.create("someone", "else"))) {
            assertThat(invoke(client, HAIKU).body().asUtf8String()).contains("Claude 3 Haiku");
        }
    }

    @Test
    void a_bearer_token_is_accepted_by_an_open_emulator_only() {
        IdentityProvider<TokenIdentity> token = new FixedToken("bedrock-api-key-abc");
        try (BedrockRuntimeClient client =
                builder(open).tokenProvider(token).authSchemeProvider(BEARER).build()) {
            assertThat(invoke(client, HAIKU).body().asUtf8String()).contains("msg_bdrk_");
        }
        try (BedrockRuntimeClient client =
                builder(closed).tokenProvider(token).authSchemeProvider(BEARER).build()) {
            refused(client, "UnrecognizedClientException", "The security token included in the request is invalid.");
        }
    }

    @Test
    void another_key_is_refused() {
        try (BedrockRuntimeClient client = client(closed, AwsBasicCredentials.create("AKIAOTHER", SECRET))) {
            refused(client, "UnrecognizedClientException", "The security token included in the request is invalid.");
        }
    }

    @Test
    void a_wrong_secret_is_refused() {
        try (BedrockRuntimeClient client = client(closed, AwsBasicCredentials.create(KEY, "wrong"))) {
            refused(client, "UnrecognizedClientException", "The security token included in the request is invalid.");
        }
    }

    @Test
    void a_wrong_secret_is_a_wrong_signature_where_aws_is_stood_in_for() {
        EmulatorOptions options =
                EmulatorOptions.of(EmulatorModels.all()).withAuth(EmulatorAuth.asAws(KEY, new Secret(SECRET)));
        try (EmulatorHarness standIn = new EmulatorHarness(options);
                BedrockRuntimeClient client = client(standIn, AwsBasicCredentials.create(KEY, "wrong"))) {
            refused(
                    client,
                    "InvalidSignatureException",
                    "The request signature we calculated does not match the signature you provided. Check your AWS"
                            + " Secret Access Key and signing method. Consult the service documentation for details.");
        }
    }

    @Test
    void an_old_signature_is_refused() {
        skewed(Duration.ofMinutes(6), "Signature expired: ", " is now earlier than ");
    }

    @Test
    void a_signature_of_the_future_is_refused() {
        skewed(Duration.ofMinutes(-6), "Signature not yet current: ", " is still later than ");
    }

    private static void skewed(Duration offset, String begins, String contains) {
        Clock clock = Clock.offset(Clock.systemUTC(), offset);
        try (EmulatorHarness later = new EmulatorHarness(options().withClock(clock));
                BedrockRuntimeClient client = client(later, AwsBasicCredentials.create(KEY, SECRET))) {
            assertThatThrownBy(() -> invoke(client, HAIKU))
                    .isInstanceOfSatisfying(AwsServiceException.class, failure -> {
                        assertThat(failure.statusCode()).isEqualTo(403);
                        assertThat(failure.awsErrorDetails().errorCode()).isEqualTo("InvalidSignatureException");
                        assertThat(failure.awsErrorDetails().errorMessage())
                                .startsWith(begins)
                                .contains(contains)
                                .contains("5 min.)");
                    });
        }
    }

    @Test
    void errors_arrive_as_the_types_of_the_client() {
        try (BedrockRuntimeClient client = client(open, AwsBasicCredentials.create(KEY, SECRET))) {
            assertThatThrownBy(() ->
                            client.invokeModel(r -> r.modelId("nobody.nothing").body(SdkBytes.fromUtf8String("{}"))))
                    .isInstanceOf(ValidationException.class)
                    .hasMessageContaining("The provided model identifier is invalid.");
            assertThatThrownBy(() -> client.invokeModel(r -> r.modelId(HAIKU)
                            .body(SdkBytes.fromUtf8String(prompt("@emulator error=ThrottlingException")
                                    .toString()))))
                    .isInstanceOf(ThrottlingException.class)
                    .hasMessageContaining("Too many requests, please wait before trying again.");
        }
    }

    private static Message message(ConversationRole role, String text) {
        return Message.builder().role(role).content(ContentBlock.fromText(text)).build();
    }

    @Test
    void converse_is_understood_by_the_client() {
        try (BedrockRuntimeClient client = client(closed, AwsBasicCredentials.create(KEY, SECRET))) {
            ConverseResponse reply = client.converse(r -> r.modelId(HAIKU)
                    .system(SystemContentBlock.fromText("Be kind"))
                    .inferenceConfig(i -> i.maxTokens(50).temperature(0.5f).stopSequences("zzz"))
                    .messages(message(ConversationRole.USER, "Hello")));

            assertThat(reply.output().message().content().get(0).text()).contains("\"Hello\"");
            assertThat(reply.stopReason()).isEqualTo(StopReason.END_TURN);
            assertThat(reply.usage().totalTokens())
                    .isEqualTo(reply.usage().inputTokens() + reply.usage().outputTokens());
            assertThat(reply.metrics().latencyMs()).isPositive();
        }
    }

    @Test
    void a_tool_is_called_and_answered_through_converse() {
        Document schema = Document.mapBuilder()
                .putString("type", "object")
                .putMap("properties", p -> p.putMap("city", c -> c.putString("type", "string")))
                .putList("required", l -> l.addString("city"))
                .build();
        ToolConfiguration tools = ToolConfiguration.builder()
                .tools(Tool.fromToolSpec(s -> s.name("lookup").inputSchema(i -> i.json(schema))))
                .toolChoice(c -> c.any(a -> {}))
                .build();
        Message hello = message(ConversationRole.USER, "Hello");
        try (BedrockRuntimeClient client = client(closed, AwsBasicCredentials.create(KEY, SECRET))) {
            ConverseResponse called =
                    client.converse(r -> r.modelId(HAIKU).toolConfig(tools).messages(hello));
            ToolUseBlock use = called.output().message().content().get(0).toolUse();
            Message result = Message.builder()
                    .role(ConversationRole.USER)
                    .content(ContentBlock.fromToolResult(t -> t.toolUseId(use.toolUseId())
                            .content(ToolResultContentBlock.fromJson(Document.fromNumber(5)))))
                    .build();

            assertThat(called.stopReason()).isEqualTo(StopReason.TOOL_USE);
            assertThat(use.input().asMap().get("city").isString()).isTrue();
            assertThat(client.converse(r -> r.modelId(HAIKU)
                                    .toolConfig(t -> t.tools(tools.tools()))
                                    .messages(hello, called.output().message(), result))
                            .stopReason())
                    .isEqualTo(StopReason.END_TURN);
        }
    }

    @Test
    void refusals_of_converse_arrive_as_the_types_of_the_client() {
        try (BedrockRuntimeClient client = client(open, AwsBasicCredentials.create(KEY, SECRET))) {
            assertThatThrownBy(() ->
                            client.converse(r -> r.modelId(HAIKU).messages(message(ConversationRole.ASSISTANT, "x"))))
                    .isInstanceOf(ValidationException.class)
                    .hasMessageContaining("A conversation must start with a user message.");
        }
    }

    @Test
    void tokens_are_counted() {
        try (BedrockRuntimeClient client = client(closed, AwsBasicCredentials.create(KEY, SECRET))) {
            int tokens = client.countTokens(r -> r.modelId(HAIKU)
                            .input(i -> i.invokeModel(b -> b.body(
                                    SdkBytes.fromUtf8String(prompt("12345678").toString())))))
                    .inputTokens();

            assertThat(tokens).isEqualTo(2);
        }
    }

    private static void refused(BedrockRuntimeClient client, String code, String message) {
        assertThatThrownBy(() -> invoke(client, HAIKU))
                .isInstanceOfSatisfying(BedrockRuntimeException.class, failure -> {
                    assertThat(failure.statusCode()).isEqualTo(403);
                    assertThat(failure.awsErrorDetails().errorCode()).isEqualTo(code);
                    assertThat(failure.awsErrorDetails().errorMessage()).isEqualTo(message);
                });
    }

    private static InvokeModelResponse invoke(BedrockRuntimeClient client, String model) {
        return client.invokeModel(r -> r.modelId(model)
                .overrideConfiguration(c -> c.putRawQueryParameter("b", "2 x").putRawQueryParameter("a", "1+/"))
                .body(SdkBytes.fromUtf8String(prompt("Hello").toString())));
    }

    private static EmulatorOptions options() {
        return EmulatorOptions.of(EmulatorModels.all()).withAuth(EmulatorAuth.only(KEY, new Secret(SECRET)));
    }

    private static BedrockRuntimeClient client(EmulatorHarness emulator, AwsCredentials credentials) {
        return builder(emulator)
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .build();
    }

    private static BedrockRuntimeClientBuilder builder(EmulatorHarness emulator) {
        return BedrockRuntimeClient.builder()
                .region(Region.US_EAST_1)
                .endpointOverride(emulator.endpoint())
                .httpClientBuilder(ApacheHttpClient.builder())
                .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry()));
    }

    private record FixedToken(String value) implements IdentityProvider<TokenIdentity> {
        @Override
        public Class<TokenIdentity> identityType() {
            return TokenIdentity.class;
        }

        @Override
        public CompletableFuture<TokenIdentity> resolveIdentity(ResolveIdentityRequest request) {
            return CompletableFuture.completedFuture(TokenIdentity.create(value));
        }
    }
}
