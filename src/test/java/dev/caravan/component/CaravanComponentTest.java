package dev.caravan.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.emulator.Emulator;
import dev.caravan.emulator.EmulatorOptions;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.model.CatalogueReader;
import dev.caravan.runtime.OwnVertx;
import dev.caravan.support.AwsKeys;
import dev.caravan.trunk.Trunk;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** The component in a plain context of a host, against an emulator by endpoint. */
class CaravanComponentTest {
    /** The build runs all tests with the embedded mode in the environment; -D wins over that. */
    private static final String MODE = "caravan.bedrock.mode";

    private static Vertx vertx;
    private static Emulator emulator;
    private final AwsKeys keys = new AwsKeys();
    private final Properties properties = new Properties();
    private final CamelContext context = new DefaultCamelContext();

    @BeforeAll
    static void startEmulator() throws Exception {
        vertx = OwnVertx.create(1);
        emulator = Emulator.start(
                        vertx, EmulatorOptions.of(CatalogueReader.shipped().all()))
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stopEmulator() {
        emulator.close();
        vertx.close();
    }

    @BeforeEach
    void hostSettings() {
        keys.set();
        System.setProperty(MODE, "auto");
        properties("caravan.bedrock.endpoint", emulator.endpoint().toString(), "caravan.retry.delay", "1ms");
    }

    @AfterEach
    void stop() {
        context.stop();
        keys.clear();
        System.clearProperty(MODE);
    }

    @Test
    void route_asksAModel() throws Exception {
        context.addRoutes(route("caravan:generate?model=claude-haiku&maxTokens=100&temperature=0.1"));
        context.start();

        LlmReply reply = ask("Hello from a route", Map.of());

        assertThat(reply.text()).contains("Hello from a route");
        assertThat(reply.model()).isEqualTo("us.anthropic.claude-haiku-4-5-20251001-v1:0");
        assertThat(reply.emulated()).isFalse();
    }

    @Test
    void optionsGoByBodyThenHeaderThenUri() throws Exception {
        context.addRoutes(route("caravan:generate?model=claude-haiku"));
        context.start();

        assertThat(ask("x", Map.of(CaravanHeaders.MODEL, "claude-3-haiku")).model())
                .isEqualTo("anthropic.claude-3-haiku-20240307-v1:0");
        assertThat(ask(
                                LlmRequest.ofPrompt("x")
                                        .model("claude-3-sonnet")
                                        .build(),
                                Map.of(CaravanHeaders.MODEL, "claude-3-haiku"))
                        .model())
                .isEqualTo("anthropic.claude-3-sonnet-20240229-v1:0");
        assertThatThrownBy(() -> ask("x", Map.of(CaravanHeaders.MAX_TOKENS, "many")))
                .hasRootCauseInstanceOf(LlmException.class)
                .hasRootCauseMessage("CaravanMaxTokens: must be a whole number, not many.");
    }

    @Test
    void timerRouteThatFiresAtOnce_findsTheTrunkStarted() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("timer:now?delay=0&repeatCount=1")
                        .setBody(constant("From a timer"))
                        .to("caravan:generate?model=claude-haiku")
                        .to("mock:replies");
            }
        });
        MockEndpoint replies = context.getEndpoint("mock:replies", MockEndpoint.class);
        replies.expectedMessageCount(1);
        context.start();

        replies.assertIsSatisfied(10_000);
    }

    @Test
    void templateOfAStartedContext_works() {
        context.start();

        LlmReply reply = context.createProducerTemplate()
                .requestBody("caravan:generate?model=claude-haiku", "From a template", LlmReply.class);

        assertThat(reply.text()).contains("From a template");
        assertThat(context.hasEndpoint(Trunk.GENERATE)).isNotNull();
        assertThat(context.createProducerTemplate()
                        .requestBody(Trunk.GENERATE, "Straight in", LlmReply.class)
                        .text())
                .contains("Straight in");
    }

    @Test
    void templateBeforeTheStart_works() throws Exception {
        context.getEndpoint("caravan:generate");
        context.start();

        assertThat(context.createProducerTemplate()
                        .requestBody("caravan:generate", "Early", LlmReply.class)
                        .text())
                .contains("Early");
    }

    @Test
    void failure_reachesTheHostsOnException() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                onException(LlmException.class).handled(true).setBody(simple("handled: ${exception.kind}"));
                from("direct:in").to("caravan:generate?model=claude-haiku&maxRetries=1");
            }
        });
        context.start();

        String body = context.createProducerTemplate()
                .requestBody("direct:in", "Hi\n@emulator error=ThrottlingException", String.class);

        assertThat(body).isEqualTo("handled: PROVIDER_THROTTLED");
    }

    @Test
    void wrongOption_isACamelError() {
        assertThatThrownBy(() -> context.getEndpoint("caravan:generate?modle=x"))
                .hasMessageContaining("modle");
        assertThatThrownBy(() -> context.getEndpoint("caravan:stream"))
                .hasMessageContaining("caravan:generate and caravan:structured");
    }

    @Test
    void wrongHostSetting_isNamedWithItsRule() {
        properties("caravan.retry.max", "11");

        assertThatThrownBy(() -> context.getEndpoint("caravan:generate"))
                .hasStackTraceContaining("caravan.retry.max = 11");
    }

    @Test
    void nothingOfTheHost_isTouched() throws Exception {
        context.addRoutes(route("caravan:generate?model=claude-haiku"));
        context.start();
        ask("x", Map.of());

        assertThat(context.getRegistry().findByType(BedrockRuntimeClient.class)).isEmpty();
        assertThat(context.getRegistry().findByType(Vertx.class)).isEmpty();
        assertThat(context.hasComponent("platform-http")).isNull();
        assertThat(context.hasComponent("aws-bedrock")).isNull();
    }

    @Test
    void embeddedMode_isThereWhenAskedForByName() throws Exception {
        keys.clear();
        System.setProperty(MODE, "embedded");
        context.addRoutes(route("caravan:generate?model=claude-haiku"));
        context.start();

        assertThat(ask("x", Map.of()).emulated()).isTrue();
    }

    @Test
    void noCredentials_failEachCallAndNameWhatWasLookedFor() throws Exception {
        keys.clear();
        context.addRoutes(route("caravan:generate?model=claude-haiku"));
        context.start();

        assertThatThrownBy(() -> ask("x", Map.of()))
                .isInstanceOf(CamelExecutionException.class)
                .cause()
                .asInstanceOf(type(LlmException.class))
                .satisfies(failure -> {
                    assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ACCESS_DENIED);
                    assertThat(failure).hasMessageContaining("AWS_ACCESS_KEY_ID");
                });
    }

    private LlmReply ask(Object body, Map<String, Object> headers) {
        return context.createProducerTemplate().requestBodyAndHeaders("direct:in", body, headers, LlmReply.class);
    }

    private static RoutesBuilder route(String uri) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:in").to(uri);
            }
        };
    }

    private void properties(String... pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            properties.setProperty(pairs[i], pairs[i + 1]);
        }
        context.getPropertiesComponent().setOverrideProperties(properties);
    }
}
