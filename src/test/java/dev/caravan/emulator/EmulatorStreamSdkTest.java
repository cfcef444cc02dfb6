package dev.caravan.emulator;

import static dev.caravan.support.EmulatorHarness.json;
import static dev.caravan.support.EmulatorHarness.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.config.Secret;
import dev.caravan.model.CatalogueReader;
import dev.caravan.support.EmulatorHarness;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeException;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.ModelStreamErrorException;
import software.amazon.awssdk.services.bedrockruntime.model.ThrottlingException;
import software.amazon.awssdk.services.bedrockruntime.model.Tool;
import software.amazon.awssdk.services.bedrockruntime.model.ToolUseBlockDelta;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;

/** Streams as AWS's own client reads them, which signs, and speaks HTTP/2 with prior knowledge. */
class EmulatorStreamSdkTest {
    private static final String KEY = "AKIAEXAMPLE";
    private static final String SECRET = "a/secret+key";
    private static final String HAIKU = "anthropic.claude-3-haiku-20240307-v1:0";

    private static EmulatorHarness emulator;
    private static BedrockRuntimeAsyncClient client;

    @BeforeAll
    static void start() {
        emulator =
                new EmulatorHarness(EmulatorOptions.of(CatalogueReader.shipped().all())
                        .withAuth(EmulatorAuth.only(KEY, new Secret(SECRET))));
        client = BedrockRuntimeAsyncClient.builder()
                .region(Region.US_EAST_1)
                .endpointOverride(emulator.endpoint())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET)))
                .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        emulator.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                HAIKU,
                "us.amazon.nova-pro-v1:0",
                "meta.llama3-8b-instruct-v1:0",
                "openai.gpt-oss-20b-1:0",
                "us.deepseek.r1-v1:0",
                "mistral.mistral-large-2402-v1:0"
            })
    void a_stream_of_converse_is_read_by_events(String model) {
        Collected collected = new Collected();

        converse(r -> r.modelId(model).messages(user("Hello")), collected);

        assertThat(collected.text.toString()).startsWith("You asked: \"Hello\"").endsWith("no model was called.");
        assertThat(collected.pieces).isGreaterThan(15);
        assertThat(collected.ends).containsExactly("end_turn", "counted");
    }

    @ParameterizedTest
    @ValueSource(strings = {HAIKU, "us.amazon.nova-pro-v1:0"})
    void a_tools_input_comes_in_pieces(String model) {
        Document schema = Document.mapBuilder()
                .putString("type", "object")
                .putMap("properties", p -> p.putMap("city", c -> c.putString("type", "string")))
                .putList("required", l -> l.addString("city"))
                .build();
        Collected collected = new Collected();

        converse(
                r -> r.modelId(model)
                        .messages(user("@emulator text=\"{\\\"city\\\": \\\"Reykjavik on Iceland\\\"}\""))
                        .toolConfig(c -> c.tools(
                                        Tool.fromToolSpec(s -> s.name("lookup").inputSchema(i -> i.json(schema))))
                                .toolChoice(choice -> choice.any(any -> {}))),
                collected);

        assertThat(json(collected.input.toString()).get("city").asText()).isEqualTo("Reykjavik on Iceland");
        assertThat(collected.tools).containsExactly("lookup");
        assertThat(collected.ends).containsExactly("tool_use", "counted");
    }

    @Test
    void a_native_stream_is_read_by_chunks() {
        String text = chunks(prompt("@emulator text=\"three words here\"").toString()).stream()
                .map(chunk -> chunk.at("/delta/text").asText(""))
                .collect(Collectors.joining());

        assertThat(text).isEqualTo("three words here");
    }

    @Test
    void errors_of_a_stream_arrive_as_the_types_of_the_client() {
        failsAs("@emulator fault=exception error=ThrottlingException after=1", ThrottlingException.class);
        failsAs("@emulator fault=exception after=1", ModelStreamErrorException.class);
        failsAs("@emulator fault=exception error=503", BedrockRuntimeException.class);
        failsAs("@emulator error=ThrottlingException", ThrottlingException.class);
        failsAs("@emulator fault=checksum", SdkClientException.class);
        assertThatThrownBy(() -> converse(r -> r.modelId("nobody").messages(user("x")), new Collected()))
                .hasCauseInstanceOf(ValidationException.class);
    }

    private static void failsAs(String directive, Class<? extends Throwable> type) {
        assertThatThrownBy(() -> chunks(prompt(directive).toString()))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(type);
    }

    private static Message user(String text) {
        return Message.builder()
                .role(ConversationRole.USER)
                .content(ContentBlock.fromText(text))
                .build();
    }

    private static void converse(Consumer<ConverseStreamRequest.Builder> request, Collected collected) {
        client.converseStream(
                        request,
                        ConverseStreamResponseHandler.builder()
                                .subscriber(ConverseStreamResponseHandler.Visitor.builder()
                                        .onContentBlockStart(event -> collected.tools.add(
                                                event.start().toolUse().name()))
                                        .onContentBlockDelta(event -> collected.add(
                                                event.delta().text(),
                                                event.delta().toolUse()))
                                        .onMessageStop(event -> collected.ends.add(event.stopReasonAsString()))
                                        .onMetadata(event -> collected.ends.add(
                                                event.usage().outputTokens() > 0 ? "counted" : "not counted"))
                                        .build())
                                .build())
                .join();
    }

    private static List<JsonNode> chunks(String body) {
        List<JsonNode> chunks = new ArrayList<>();
        client.invokeModelWithResponseStream(
                        r -> r.modelId(HAIKU).body(SdkBytes.fromUtf8String(body)),
                        InvokeModelWithResponseStreamResponseHandler.builder()
                                .subscriber(InvokeModelWithResponseStreamResponseHandler.Visitor.builder()
                                        .onChunk(part ->
                                                chunks.add(json(part.bytes().asUtf8String())))
                                        .build())
                                .build())
                .join();
        return chunks;
    }

    /** What a stream said; filled by one thread and read after its end. */
    private static final class Collected {
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder input = new StringBuilder();
        private final List<String> tools = new ArrayList<>();
        private final List<String> ends = new ArrayList<>();
        private int pieces;

        private void add(String words, ToolUseBlockDelta call) {
            if (words != null) {
                text.append(words);
                pieces++;
            }
            if (call != null) {
                input.append(call.input());
            }
        }
    }
}
