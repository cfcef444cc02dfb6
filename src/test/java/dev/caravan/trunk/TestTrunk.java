package dev.caravan.trunk;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.config.Secret;
import dev.caravan.config.Settings;
import dev.caravan.emulator.Emulator;
import dev.caravan.emulator.EmulatorAuth;
import dev.caravan.emulator.EmulatorOptions;
import dev.caravan.model.Catalogue;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.Model;
import dev.caravan.model.ModelResolver;
import dev.caravan.model.UnknownModels;
import dev.caravan.provider.bedrock.BedrockProvider;
import dev.caravan.provider.bedrock.BedrockTarget;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.OwnVertx;
import dev.caravan.runtime.Workers;
import dev.caravan.support.TestSettings;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;

/** The real trunk in a plain context, calling a real emulator over real HTTP. */
public final class TestTrunk implements AutoCloseable {
    private static final Catalogue CATALOGUE = CatalogueReader.shipped();
    private static final ModelResolver RESOLVER = resolver(CATALOGUE);

    /** Models that the emulator has and the catalogue does not. */
    public static final String UNKNOWN_ID = "acme.big-v1:0";

    public static final String UNKNOWN_ARN =
            "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl";

    private static final String HALF_A_PAIR = "aws.accessKeyId";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Vertx vertx = OwnVertx.create(1);
    private final Workers workers = Workers.create("test", 64);
    private final Emulator emulator;
    private final BedrockProvider provider;
    private final Trunk trunk;
    private final CamelContext context = new DefaultCamelContext();

    /** @param upstream what is called in place of the emulator; null for the emulator */
    private TestTrunk(Settings settings, boolean credentials, URI upstream) throws Exception {
        this(settings, credentials, upstream, CATALOGUE);
    }

    private TestTrunk(Settings settings, boolean credentials, URI upstream, Catalogue catalogue) throws Exception {
        Secret secret = new Secret("secret");
        emulator = Emulator.start(
                        vertx, EmulatorOptions.of(served(catalogue)).withAuth(EmulatorAuth.only("AKIDTEST", secret)))
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        BedrockTarget target = credentials
                ? BedrockTarget.embedded(upstream == null ? emulator.endpoint() : upstream, "AKIDTEST", secret)
                : BedrockTarget.aws();
        provider = BedrockProvider.open(settings, target, vertx, Clock.systemUTC());
        // No jitter, so that gaps can be told.
        trunk = new Trunk(settings, resolver(catalogue), provider, workers, System::nanoTime, () -> 0.5);
        trunk.addTo(context);
        context.start();
    }

    private static ModelResolver resolver(Catalogue catalogue) {
        return new ModelResolver(catalogue, "claude-3-haiku", "auto", "us-east-1");
    }

    private static List<Model> served(Catalogue catalogue) {
        List<Model> models = new ArrayList<>(catalogue.all());
        models.add(UnknownModels.of(UNKNOWN_ID));
        models.add(UnknownModels.of(UNKNOWN_ARN));
        return models;
    }

    public static TestTrunk start(String... settings) throws Exception {
        return new TestTrunk(TestSettings.of(settings), true, null);
    }

    /** With a catalogue file of the test's own. */
    public static TestTrunk startWith(Path catalogue, String... settings) throws Exception {
        return new TestTrunk(TestSettings.of(settings), true, null, CatalogueReader.read(Optional.of(catalogue)));
    }

    /** Calls a server of the test's in place of the emulator. */
    public static TestTrunk startAt(URI upstream, String... settings) throws Exception {
        return new TestTrunk(TestSettings.of(settings), true, upstream);
    }

    /** Calls AWS itself, or would, if it had credentials; half a key pair is none on any machine. */
    public static TestTrunk startWithoutCredentials(String... settings) throws Exception {
        System.setProperty(HALF_A_PAIR, "AKIDTEST");
        return new TestTrunk(TestSettings.of(settings), false, null);
    }

    /** Ends what the trunk has under way; its emulator goes on. */
    public void closeTrunk() {
        trunk.close();
    }

    public void endUnpaidWaits(Duration left) {
        trunk.endUnpaidWaits(left);
    }

    /** From now on no worker is free. */
    public void closeWorkers() {
        workers.close();
    }

    /** Whether a call under way holds what was paid for, or may do so any moment. */
    public boolean hasPaidCalls() {
        return trunk.hasPaidCalls();
    }

    public static ModelResolver resolver() {
        return RESOLVER;
    }

    /** The request as the trunk would write it: checked, with the default settings' defaults. */
    public static LlmRequest checked(LlmRequest request, Model model) {
        return new ParameterRules(TestSettings.of()).apply(request, model);
    }

    public CamelContext context() {
        return context;
    }

    /** Sends a body and gives the reply, or throws what the trunk threw. */
    public LlmReply ask(Object body) throws Exception {
        Exchange exchange = exchange(body);
        if (exchange.getException() != null) {
            throw exchange.getException();
        }
        return exchange.getMessage().getMandatoryBody(LlmReply.class);
    }

    /** The same for an answer that is valid against a schema. */
    public LlmReply askStructured(Object body) throws Exception {
        Exchange exchange = exchange(Trunk.STRUCTURED, body);
        if (exchange.getException() != null) {
            throw exchange.getException();
        }
        return exchange.getMessage().getMandatoryBody(LlmReply.class);
    }

    /** Sends a body and gives the exchange. */
    public Exchange exchange(Object body) {
        return exchange(Trunk.GENERATE, body);
    }

    private Exchange exchange(String uri, Object body) {
        return context.createFluentProducerTemplate().to(uri).withBody(body).send();
    }

    /** Sends a request whose answer is streamed to the sink, and gives the exchange when it is done. */
    public Exchange stream(String uri, LlmRequest.Builder request, PartSink sink) {
        return context.createProducerTemplate().send(uri, streaming(request, sink));
    }

    /** An exchange that asks for a stream. */
    public Exchange streaming(LlmRequest.Builder request, PartSink sink) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(request.stream(true).build());
        exchange.setProperty(ExchangeKeys.PART_SINK, sink);
        return exchange;
    }

    /** Models that answer in words. */
    public static List<Model> chatModels() {
        return CATALOGUE.all().stream()
                .filter(model -> model.kind() == Model.Kind.CHAT)
                .toList();
    }

    /** Sends an exchange on this thread, which is free again as soon as the trunk only waits. */
    public void process(Exchange exchange, AsyncCallback callback) throws Exception {
        context.getEndpoint(Trunk.GENERATE).createAsyncProducer().process(exchange, callback);
    }

    /** Sends a body without waiting. */
    public CompletableFuture<Exchange> send(Exchange exchange) {
        return context.createProducerTemplate().asyncSend(Trunk.GENERATE, exchange);
    }

    /** Puts replies of the emulator in line: the elements of a JSON array. */
    public void script(String replies) throws Exception {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create(emulator.endpoint() + "/_emulator/script"))
                        .timeout(Duration.ofSeconds(20))
                        .POST(HttpRequest.BodyPublishers.ofString("{\"replies\": [" + replies + "]}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IllegalArgumentException(response.body());
        }
    }

    /** Calls that reached the emulator. */
    public com.fasterxml.jackson.databind.JsonNode calls() throws Exception {
        HttpResponse<byte[]> response = client.send(
                HttpRequest.newBuilder(URI.create(emulator.endpoint() + "/_emulator/requests"))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        return Json.read(response.body());
    }

    @Override
    public void close() {
        System.clearProperty(HALF_A_PAIR);
        context.stop();
        trunk.close();
        provider.close();
        emulator.close();
        workers.close();
        vertx.close();
    }
}
