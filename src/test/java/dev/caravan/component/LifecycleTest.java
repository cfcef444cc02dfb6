package dev.caravan.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.trunk.Trunk;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.direct.DirectComponent;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A host's context with the component: start, stop, start again, and what stands in each other's way. */
@Timeout(60)
class LifecycleTest {
    private static final String GENERATE = "caravan:generate?model=claude-haiku";

    @Test
    void contextCanBeStoppedAndStartedAgain() throws Exception {
        try (HostContext host = new HostContext().route(GENERATE).start()) {
            assertThat(host.ask("one").text()).contains("one");
            for (int i = 0; i < 2; i++) {
                host.context().stop();
                assertThat(Trunk.of(host.context())).isNull();
                host.start();
                assertThat(host.ask("again").text()).contains("again");
                assertThat(host.context().getRoutes()).hasSize(5);
            }
        }
    }

    @Test
    void contextCanBeSuspendedAndResumed() throws Exception {
        try (HostContext host = new HostContext().route(GENERATE).start()) {
            host.context().suspend();
            host.context().resume();

            assertThat(host.ask("one").text()).contains("one");
        }
    }

    @Test
    void oneOfTwoContextsCanBeStopped() throws Exception {
        try (HostContext one = new HostContext().route(GENERATE).start();
                HostContext two = new HostContext().route(GENERATE).start()) {
            one.close();

            assertThat(two.ask("still here").text()).contains("still here");
        }
    }

    @Test
    void componentCanBeRemovedFromARunningContext() throws Exception {
        try (HostContext host = new HostContext().start()) {
            host.context().createProducerTemplate().requestBody(GENERATE, "x");

            host.context().removeEndpoints("caravan*");
            host.context().removeComponent("caravan");

            assertThat(host.context().getRoutes()).isEmpty();
            assertThat(host.context().createProducerTemplate().requestBody(GENERATE, "x"))
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"caravan-generate", "caravan-attempt"})
    void routeOfTheHostWithAPlausibleId_livesBesideOurs(String id) throws Exception {
        RouteBuilder own = new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:own").routeId(id).setBody(constant("own"));
            }
        };
        try (HostContext host = new HostContext().routes(own).route(GENERATE).start()) {
            assertThat(host.ask("x").text()).contains("x");
            assertThat(host.context().createProducerTemplate().requestBody("direct:own", (Object) "x"))
                    .isEqualTo("own");
            host.context().getRouteController().stopRoute(id);
            host.context().removeRoute(id);
            host.context().addRoutes(own);
            assertThat(host.ask("y").text()).contains("y");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "direct:own, caravan:generate, caravan:generate",
        "direct:own, caravan:attempt, caravan:attempt",
        "direct:caravan-generate, own, direct:caravan-generate",
        "direct://caravan-attempt?timeout=5, own, direct:caravan-attempt"
    })
    void routeOfTheHostInOurPlace_isRefusedByName(String from, String id, String named) throws Exception {
        RouteBuilder own = new RouteBuilder() {
            @Override
            public void configure() {
                from(from).routeId(id).setBody(constant("own"));
            }
        };
        try (HostContext host = new HostContext().routes(own).route(GENERATE)) {
            assertThatThrownBy(host::start).hasStackTraceContaining(named).hasStackTraceContaining("Caravan's own");
        }
    }

    @Test
    void componentOfTheHostInOurPlace_isRefusedByName() throws Exception {
        try (HostContext host = new HostContext().route(GENERATE)) {
            host.context().addComponent("caravan-bedrock", new DirectComponent());

            assertThatThrownBy(host::start).hasStackTraceContaining("caravan-bedrock is Caravan's own");
            assertThat(host.context().getComponent("caravan-bedrock")).isInstanceOf(DirectComponent.class);
        }
    }

    @Test
    void failedOpenings_leaveNoThreads() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HostContext host = new HostContext("caravan.emulator.port", String.valueOf(taken.getLocalPort()))) {
            host.start();
            long before = vertxThreads();

            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> host.context().getEndpoint(GENERATE)).isInstanceOf(Exception.class);
                assertThatThrownBy(() -> host.context().getEndpoint(GENERATE + "&bogus=1"))
                        .hasStackTraceContaining("bogus");
            }

            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> vertxThreads() <= before);
            assertThat(host.context().getRoutes()).isEmpty();
            assertThat(host.context().hasComponent("caravan-bedrock")).isNull();
        }
    }

    private static long vertxThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("vert"))
                .count();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model=",
                "maxTokens=0",
                "maxRetries=99",
                "onLimit=never",
                "temperature=-1",
                "topP=NaN",
                "maxTokens=x"
            })
    void optionThatNoCallCouldUse_failsAtTheStart(String option) throws Exception {
        try (HostContext host = new HostContext().route("caravan:generate?" + option)) {
            assertThatThrownBy(host::start).isInstanceOf(Exception.class);
            assertThat(Trunk.of(host.context())).isNull();
        }
    }

    @Test
    void placeholdersAndOtherObjectsInTheHostsProperties_areRead() throws Exception {
        HostContext host = new HostContext("caravan.model", "{{my.model}}", "my.model", "claude-3-opus");
        host.properties().put("caravan.max-tokens", 7);
        try (host) {
            host.route("caravan:generate").start();
            assertThat(host.ask("Say a lot of words, please").model()).contains("claude-3-opus");
            assertThat(host.ask("Say a lot of words, please").usage().outputTokens())
                    .isLessThanOrEqualTo(7);
        }
    }

    @Test
    void threadsOfTheHostsContext_areNotUsedForTheLimit() throws Exception {
        try (HostContext host = new HostContext().route(GENERATE).start()) {
            host.ask("x");

            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().contains("Throttle"));
        }
    }

    @Test
    void stoppedTrunkRoute_isOverloadedAtOnce() throws Exception {
        try (HostContext host = new HostContext().route(GENERATE).start()) {
            for (Route route : host.context().getRoutes()) {
                if (route.getId().startsWith("caravan:")) {
                    host.context().getRouteController().stopRoute(route.getId());
                }
            }

            assertThat(kind(host.failure("x", Map.of()))).isEqualTo(ErrorKind.OVERLOADED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"delay=30s", "error=ThrottlingException retry-after=30"})
    void callUnderWayAtAForcedStop_isAnsweredWithOverloaded(String directive) throws Exception {
        try (HostContext host = new HostContext().route(GENERATE).start()) {
            host.ask("warm");
            CompletableFuture<Exchange> call = host.context()
                    .createProducerTemplate()
                    .asyncSend(HostContext.IN, exchange -> exchange.getMessage().setBody("x\n@emulator " + directive));
            Awaitility.await()
                    .until(() -> host.context().getInflightRepository().size() > 0);
            host.context().getShutdownStrategy().setTimeUnit(TimeUnit.MILLISECONDS);
            host.context().getShutdownStrategy().setTimeout(1000);

            host.close();

            Throwable failure = call.get(5, TimeUnit.SECONDS).getException();
            assertThat(kind(failure)).isEqualTo(ErrorKind.OVERLOADED);
            assertThat(((LlmException) failure).attempts()).isEqualTo(1);
        }
    }

    /** The caller holds its thread, and Camel interrupts it as soon as the routes are down. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void callThatWaitsForTheLimitAtAForcedStop_isAnsweredWithOverloaded(int asked) throws Exception {
        HostContext limited = new HostContext("caravan.rate-limit.requests", "2", "caravan.rate-limit.window", "1m");
        String uri = "caravan:structured?model=claude-haiku&schemaName=invoice&onLimit=wait";
        try (HostContext host = limited.route(uri).start()) {
            for (int i = 0; i < asked; i++) {
                host.ask("warm");
            }
            CompletableFuture<Exchange> call = CompletableFuture.supplyAsync(() -> host.context()
                    .createProducerTemplate()
                    .send(uri, exchange -> {
                        exchange.setPattern(ExchangePattern.InOut);
                        exchange.getMessage().setBody("x\n@emulator text=no");
                    }));
            Awaitility.await().pollDelay(Duration.ofMillis(700)).until(() -> !call.isDone());
            host.context().getShutdownStrategy().setTimeUnit(TimeUnit.MILLISECONDS);
            host.context().getShutdownStrategy().setTimeout(500);

            host.close();

            assertThat(kind(call.get(5, TimeUnit.SECONDS).getException())).isEqualTo(ErrorKind.OVERLOADED);
        }
    }

    private static ErrorKind kind(Throwable failure) {
        assertThat(failure).isInstanceOf(LlmException.class);
        return ((LlmException) failure).kind();
    }
}
