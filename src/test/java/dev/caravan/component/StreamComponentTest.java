package dev.caravan.component;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.LlmStream;
import dev.caravan.chat.Part;
import dev.caravan.emulator.EmulatorOptions;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.model.CatalogueReader;
import dev.caravan.runtime.Cancellation;
import dev.caravan.runtime.Json;
import dev.caravan.support.AwsKeys;
import dev.caravan.support.CapturedErr;
import dev.caravan.support.EmulatorHarness;
import dev.caravan.trunk.ExchangeKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ProcessorDefinition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code caravan:…?stream=true} in a host's routes, against an emulator by endpoint. */
@Timeout(60)
class StreamComponentTest {
    private static final String STREAM = "caravan:generate?model=claude-3-haiku&stream=true";
    private static final String CHECKED = "caravan:structured?model=claude-3-haiku&schemaName=invoice&stream=true";
    private static final String STALLED = "x\n@emulator text=\"one two three four\" fault=stall after=2";
    private static final String BROKEN = "x\n@emulator text=\"one two three four\" fault=exception after=2";
    /** The build runs all tests with the embedded mode in the environment; -D wins over that. */
    private static final String MODE = "caravan.bedrock.mode";

    private static EmulatorHarness emulator;

    @TempDir
    Path dir;

    private final AwsKeys keys = new AwsKeys();
    private final List<Object> seen = new CopyOnWriteArrayList<>();
    private HostContext host;

    @BeforeAll
    static void startEmulator() {
        emulator =
                new EmulatorHarness(EmulatorOptions.of(CatalogueReader.shipped().all()));
    }

    @AfterAll
    static void stopEmulator() {
        emulator.close();
    }

    @BeforeEach
    void open() {
        keys.set();
        System.setProperty(MODE, "auto");
        emulator.send(emulator.request("/_emulator").DELETE());
        host = new HostContext("caravan.bedrock.endpoint", emulator.endpoint().toString());
        host.context().getShutdownStrategy().setTimeout(1);
    }

    @AfterEach
    void stop() {
        host.close();
        keys.clear();
        System.clearProperty(MODE);
    }

    private static boolean lastIsAborted() {
        JsonNode requests = emulator.requests();
        return requests.path(requests.size() - 1).path("aborted").asBoolean();
    }

    /** A route from the entry to the stream and on to a step. */
    private void route(String uri, Processor step) throws Exception {
        host.routes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from(HostContext.IN).to(uri).process(step);
                    }
                })
                .start();
    }

    private Exchange ask(Object body) {
        return host.context()
                .createProducerTemplate()
                .request(HostContext.IN, exchange -> exchange.getMessage().setBody(body));
    }

    private Exchange ask(Object body, Map<String, Object> headers) {
        return host.context().createProducerTemplate().request(HostContext.IN, exchange -> {
            exchange.getMessage().setBody(body);
            exchange.getMessage().setHeaders(new java.util.HashMap<>(headers));
        });
    }

    private static void requireGood(Exchange exchange) {
        assertThat(exchange.getException()).isNull();
    }

    @Test
    void split_seesPartsWhileTheCallGoesOn() throws Exception {
        host.routes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from(HostContext.IN)
                                .to(STREAM)
                                .split(bodyAs(Iterator.class))
                                .streaming()
                                .convertBodyTo(String.class)
                                .process(part -> seen.add(part.getMessage().getBody()))
                                .end();
                    }
                })
                .start();
        Cancellation caller = new Cancellation();
        Exchange exchange = host.context().getEndpoint(HostContext.IN).createExchange();
        exchange.getMessage().setBody(STALLED);
        exchange.setProperty(ExchangeKeys.CANCELLATION, caller);
        CompletableFuture<Exchange> done =
                host.context().createProducerTemplate().asyncSend(HostContext.IN, exchange);

        Awaitility.await().until(() -> seen.size() == 2);
        assertThat(seen).containsExactly("one", " two");
        assertThat(done).isNotDone();
        caller.cancel();

        assertThat(done.get(20, TimeUnit.SECONDS).getException(LlmException.class))
                .isNotNull();
        Awaitility.await().until(StreamComponentTest::lastIsAborted);
    }

    @ParameterizedTest
    @ValueSource(classes = {Iterator.class, LlmStream.class})
    void splitToTheEnd_hasAllAndTheReplyAfterIt(Class<?> type) throws Exception {
        AtomicReference<LlmReply> reply = new AtomicReference<>();
        host.routes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from(HostContext.IN)
                                .to(STREAM)
                                .split(bodyAs(type))
                                .streaming()
                                .process(part -> seen.add(part.getMessage()
                                        .getBody(Part.Text.class)
                                        .text()))
                                .end()
                                .process(exchange -> reply.set(exchange.getMessage()
                                        .getBody(LlmStream.class)
                                        .reply()));
                    }
                })
                .start();

        requireGood(ask("How far is the moon?"));

        assertThat(seen).hasSizeGreaterThan(1);
        assertThat(String.join("", seen.toArray(new String[0])))
                .isEqualTo(reply.get().text());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void streamInTheBody_countsLikeTheOption(boolean stream) throws Exception {
        route("caravan:generate?model=claude-3-haiku", exchange -> {
            Object body = exchange.getMessage().getBody();
            seen.add(body instanceof LlmStream parts ? parts.reply() : body);
            seen.add(body instanceof LlmStream);
        });

        requireGood(ask(Map.of("prompt", "Hi", "stream", stream)));

        assertThat(seen.get(0)).isInstanceOf(LlmReply.class);
        assertThat(seen.get(1)).isEqualTo(stream);
    }

    @Test
    void failureBeforeTheFirstPart_isTheHostsToHandle() throws Exception {
        host.routes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        onException(LlmException.class)
                                .handled(true)
                                .process(exchange -> exchange.getMessage()
                                        .setBody(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, LlmException.class)
                                                .kind()));
                        from(HostContext.IN).to(STREAM).process(exchange -> seen.add("went on"));
                    }
                })
                .start();

        assertThat(ask("x\n@emulator error=AccessDeniedException").getMessage().getBody())
                .isEqualTo(ErrorKind.PROVIDER_ACCESS_DENIED);
        assertThat(ask(" ").getMessage().getBody()).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(seen).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(classes = {Iterator.class, LlmStream.class})
    void failureInTheMiddle_isTheIteratorsAndTheHostsToHandle(Class<?> type) throws Exception {
        host.routes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        onException(LlmException.class)
                                .handled(true)
                                .process(exchange -> exchange.getMessage().setBody("handled"));
                        from(HostContext.IN)
                                .to(STREAM)
                                .split(bodyAs(type))
                                .streaming()
                                .process(part -> seen.add(part.getMessage().getBody(String.class)))
                                .end();
                    }
                })
                .start();

        try (CapturedErr err = new CapturedErr()) {
            assertThat(ask(BROKEN).getMessage().getBody()).isEqualTo("handled");

            assertThat(err.text()).doesNotContain("Error releasing");
        }
        // A split over the body is one behind.
        assertThat(seen).startsWith("one").hasSize(type == Iterator.class ? 2 : 1);
    }

    @Test
    void failureInTheMiddle_isAnIoExceptionOfTheInput() throws Exception {
        route(STREAM, exchange -> {
            InputStream input = exchange.getMessage().getBody(InputStream.class);
            seen.add(new String(input.readNBytes("one two".length())));
            seen.add(catchThrowable(input::read));
            seen.add(catchThrowable(input::read));
        });

        requireGood(ask(BROKEN));

        assertThat(seen.get(0)).isEqualTo("one two");
        assertThat((Throwable) seen.get(1)).isInstanceOf(IOException.class).hasCauseInstanceOf(LlmException.class);
        assertThat((Throwable) seen.get(2)).isInstanceOf(IOException.class).hasCauseInstanceOf(LlmException.class);
    }

    @Test
    void input_isReadToAFileAsItComes() throws Exception {
        Path file = dir.resolve("answer.txt");
        route(STREAM, exchange -> {
            try (InputStream input = exchange.getMessage().getBody(InputStream.class)) {
                Files.copy(input, file);
            }
            seen.add(exchange.getMessage().getBody(LlmStream.class).reply());
        });

        requireGood(ask("Grüße 🐫 and more"));

        assertThat(Files.readString(file))
                .isEqualTo(((LlmReply) seen.get(0)).text())
                .contains("Grüße 🐫");
    }

    @Test
    void reader_isReadAsItComes() throws Exception {
        route(STREAM, exchange -> {
            try (Reader reader = exchange.getMessage().getBody(Reader.class)) {
                char[] chars = new char[100];
                seen.add(new String(chars, 0, reader.read(chars)));
            }
        });

        requireGood(ask(STALLED));

        assertThat(seen.get(0).toString()).startsWith("one");
        Awaitility.await().until(StreamComponentTest::lastIsAborted);
    }

    @Test
    void hostsExchangeThatEndsBefore_cutsTheCallOff() throws Exception {
        route(
                STREAM,
                exchange -> seen.add(exchange.getMessage()
                        .getBody(LlmStream.class)
                        .iterator()
                        .next()));

        requireGood(ask(STALLED));

        assertThat(seen).containsExactly(new Part.Text("one"));
        Awaitility.await().until(StreamComponentTest::lastIsAborted);
    }

    @Test
    void wholeReply_isWaitedFor() throws Exception {
        route(STREAM, exchange -> {
            seen.add(exchange.getMessage().getBody(LlmReply.class).text());
            seen.add(new String(exchange.getMessage().getBody(byte[].class)));
            seen.add(exchange.getMessage().getBody(LlmStream.class).reply().text());
            seen.add(Objects.toString(exchange.getMessage().getBody(JsonNode.class)));
        });

        requireGood(ask("x\n@emulator text=\"one two\""));

        assertThat(seen).containsExactly("one two", "one two", "one two", "null");
    }

    @Test
    void streamAsAString_isRefusedWithTheWay() throws Exception {
        host.routes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:text").to(STREAM).convertBodyTo(String.class);
                        from("direct:simple").to(STREAM).setBody(simple("<${body}>"));
                        from(HostContext.IN)
                                .to(STREAM)
                                .convertBodyTo(LlmReply.class)
                                .convertBodyTo(String.class);
                    }
                })
                .start();
        ProducerTemplate template = host.context().createProducerTemplate();

        for (String entry : List.of("direct:text", "direct:simple")) {
            assertThat(template.request(entry, exchange -> exchange.getMessage().setBody("x"))
                            .getException())
                    .hasRootCauseInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("convertBodyTo(LlmReply.class)");
        }
        assertThat(ask("x\n@emulator text=\"one two\"").getMessage().getBody()).isEqualTo("one two");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "log:streams?level=WARN",
                "log:streams?level=WARN&showAll=true&multiline=true",
                "log:streams?level=WARN&showStreams=true&showCachedStreams=true",
            })
    void logs_neitherWaitNorTakeTheParts(String log) throws Exception {
        try (CapturedErr err = new CapturedErr()) {
            readBehind(route -> route.to(log));

            assertThat(err.text()).contains("LlmStream[open]").doesNotContain("two");
        }
    }

    @Test
    void tracing_neitherWaitsNorTakesTheParts() throws Exception {
        host.context().setTracing(true);
        host.context().setMessageHistory(true);
        host.context().setStreamCaching(true);

        readBehind(route -> route.log("a step to trace"));
    }

    @Test
    void backlogTracing_neitherWaitsNorTakesTheParts() throws Exception {
        host.context().setBacklogTracing(true);
        host.context().setMessageHistory(true);
        host.context().setStreamCaching(true);

        readBehind(route -> route.log("a step to trace"));
    }

    /** The step comes between a stream that stalls and its reader, which has the parts while the call goes on. */
    private void readBehind(Consumer<ProcessorDefinition<?>> step) throws Exception {
        host.routes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        ProcessorDefinition<?> route = from(HostContext.IN).to(STREAM);
                        step.accept(route);
                        route.process(exchange -> {
                            Iterator<?> parts = exchange.getMessage().getBody(Iterator.class);
                            seen.add(parts.next());
                            seen.add(parts.next());
                        });
                    }
                })
                .start();

        requireGood(ask(STALLED));

        assertThat(seen).containsExactly(new Part.Text("one"), new Part.Text(" two"));
    }

    @Test
    void textPart_convertsToBytesToo() throws Exception {
        host.routes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from(HostContext.IN)
                                .to(STREAM)
                                .split(bodyAs(Iterator.class))
                                .streaming()
                                .process(part -> {
                                    seen.add(new String(part.getMessage().getBody(byte[].class), UTF_8));
                                    InputStream input = part.getMessage().getBody(InputStream.class);
                                    seen.add(new String(input.readAllBytes(), UTF_8));
                                })
                                .end();
                    }
                })
                .start();

        requireGood(ask("x\n@emulator text=\"Grüße 🐫\""));

        assertThat(seen).containsExactly("Grüße", "Grüße", " 🐫", " 🐫");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void splitThatStopsEarly_cutsTheCallOff(boolean handled) throws Exception {
        host.routes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        onException(IllegalStateException.class).handled(handled);
                        from(HostContext.IN)
                                .to(STREAM)
                                .split(bodyAs(Iterator.class))
                                .streaming()
                                .stopOnException()
                                .process(part -> {
                                    seen.add(part.getMessage().getBody(String.class));
                                    throw new IllegalStateException("mine");
                                })
                                .end();
                    }
                })
                .start();

        try (CapturedErr err = new CapturedErr()) {
            Exchange exchange = ask(STALLED);

            assertThat(exchange.getException() == null).isEqualTo(handled);
            assertThat(err.text()).doesNotContain("Error releasing");
        }
        assertThat(seen).containsExactly("one");
        Awaitility.await().until(StreamComponentTest::lastIsAborted);
    }

    @Test
    void splitThatIsStoppedByAStep_cutsTheCallOff() throws Exception {
        host.routes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from(HostContext.IN)
                                .to(STREAM)
                                .split(bodyAs(Iterator.class))
                                .streaming()
                                .stopOnException()
                                .process(part -> seen.add(part.getMessage().getBody(String.class)))
                                .stop()
                                .end();
                    }
                })
                .start();

        requireGood(ask(STALLED));

        assertThat(seen).containsExactly("one");
        Awaitility.await().until(StreamComponentTest::lastIsAborted);
    }

    /** The way for a split over the body, which does not tell its iterator that it stops. */
    @Test
    void streamClosedByTheFailingStep_endsASplitOverTheBody() throws Exception {
        host.routes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from(HostContext.IN)
                                .to(STREAM)
                                .setProperty("answer", body())
                                .split(body())
                                .streaming()
                                .stopOnException()
                                .doTry()
                                .process(part -> {
                                    seen.add(part.getMessage().getBody(String.class));
                                    throw new IllegalStateException("mine");
                                })
                                .doCatch(IllegalStateException.class)
                                .process(part -> {
                                    part.getProperty("answer", LlmStream.class).close();
                                    throw part.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
                                })
                                .end()
                                .end();
                    }
                })
                .start();

        assertThat(ask(STALLED).getException()).hasRootCauseInstanceOf(IllegalStateException.class);

        assertThat(seen).containsExactly("one");
        Awaitility.await().until(StreamComponentTest::lastIsAborted);
    }

    @Test
    void publisher_isTheBodyItself() throws Exception {
        route(STREAM, exchange -> {
            CompletableFuture<Void> end = new CompletableFuture<>();
            Flow.Publisher<?> publisher = exchange.getMessage().getBody(Flow.Publisher.class);
            publisher.subscribe(new Flow.Subscriber<Object>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscription.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(Object part) {
                    seen.add(part);
                }

                @Override
                public void onError(Throwable thrown) {
                    end.completeExceptionally(thrown);
                }

                @Override
                public void onComplete() {
                    end.complete(null);
                }
            });
            end.get(20, TimeUnit.SECONDS);
        });

        requireGood(ask("x\n@emulator text=\"one two\""));

        assertThat(seen).containsExactly(new Part.Text("one"), new Part.Text(" two"));
    }

    @Test
    void checkedAnswer_isItsDataAtTheEnd() throws Exception {
        route(CHECKED, exchange -> {
            seen.add(new String(exchange.getMessage().getBody(InputStream.class).readAllBytes()));
            seen.add(new String(exchange.getMessage().getBody(byte[].class)));
            seen.add(exchange.getMessage().getBody(JsonNode.class).toString());
        });

        requireGood(ask("x\n@emulator text=no times=1"));

        assertThat(seen.get(0).toString()).startsWith("{").contains("\"total\"");
        assertThat(seen.get(1)).isEqualTo(seen.get(0));
        assertThat(seen.get(2)).isEqualTo(seen.get(0));
    }

    @Test
    void header_winsOverTheUri() throws Exception {
        route(
                "caravan:generate?model=claude-3-haiku",
                exchange -> seen.add(exchange.getMessage().getBody()));

        requireGood(ask("x", Map.of(CaravanHeaders.STREAM, true)));
        requireGood(ask("x", Map.of(CaravanHeaders.STREAM, "false")));

        assertThat(seen.get(0)).isInstanceOf(LlmStream.class);
        assertThat(seen.get(1)).isInstanceOf(LlmReply.class);
        assertThat(ask("x", Map.of(CaravanHeaders.STREAM, "perhaps")).getException())
                .hasMessage("CaravanStream: must be true or false, not perhaps.");
    }

    @Test
    void body_mayAskForAStream() throws Exception {
        route(
                "caravan:generate?model=claude-3-haiku",
                exchange -> seen.add(exchange.getMessage().getBody()));

        requireGood(ask(LlmRequest.ofPrompt("x").stream(true).build()));
        requireGood(ask(Map.of("prompt", "x", "stream", true)));
        requireGood(ask("{\"prompt\": \"x\", \"stream\": true}"));
        requireGood(ask(Json.mapper().createObjectNode().put("prompt", "x").put("stream", true)));

        assertThat(seen).hasSize(4).allSatisfy(body -> assertThat(body).isInstanceOf(LlmStream.class));
        requireGood(ask("{\"prompt\": \"x\", \"stream\": false}"));
        assertThat(seen.get(4)).isInstanceOf(LlmReply.class);
        assertThat(ask("{\"prompt\": \"x\", \"stream\": \"yes\"}").getException())
                .isInstanceOf(LlmException.class)
                .hasMessageContaining("stream");
    }

    @Test
    void structuredBody_mayAskForAStream() throws Exception {
        route(
                "caravan:structured?model=claude-3-haiku&schemaName=invoice",
                exchange -> seen.add(
                        exchange.getMessage().getBody(LlmStream.class).reply().data()));

        requireGood(ask(Map.of("prompt", "x", "stream", true)));
        requireGood(ask("{\"prompt\": \"x\", \"stream\": true}"));

        assertThat(seen)
                .hasSize(2)
                .allSatisfy(data -> assertThat(((JsonNode) data).has("total")).isTrue());
    }

    @Test
    void uri_isOverriddenByAHeaderUnlessPinned() throws Exception {
        host.routes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from(HostContext.IN)
                                .to(STREAM)
                                .process(exchange ->
                                        seen.add(exchange.getMessage().getBody()))
                                .setBody(constant("x"))
                                .to(STREAM + "&pinned=true")
                                .process(exchange ->
                                        seen.add(exchange.getMessage().getBody()));
                    }
                })
                .start();

        requireGood(ask("x", Map.of(CaravanHeaders.STREAM, false)));

        assertThat(seen.get(0)).isInstanceOf(LlmReply.class);
        assertThat(seen.get(1)).isInstanceOf(LlmStream.class);
    }

    @Test
    void contextThatStops_endsARouteThatReads() throws Exception {
        route(STREAM, exchange -> {
            InputStream input = exchange.getMessage().getBody(InputStream.class);
            seen.add(new String(input.readNBytes(3)));
            input.readAllBytes();
        });
        CompletableFuture<Exchange> done = host.context()
                .createProducerTemplate()
                .asyncSend(HostContext.IN, exchange -> exchange.getMessage().setBody(STALLED));
        Awaitility.await().until(() -> seen.size() == 1);

        host.context().stop();

        Throwable failure = done.get(20, TimeUnit.SECONDS).getException().getCause();
        assertThat(failure).isInstanceOf(LlmException.class);
        LlmException cut = (LlmException) failure;
        assertThat(cut.kind()).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(cut.attempts()).isEqualTo(1);
        assertThat(cut.usage().inputTokens()).isPositive();
        Awaitility.await().until(StreamComponentTest::lastIsAborted);
    }
}
