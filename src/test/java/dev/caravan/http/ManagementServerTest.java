package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.observe.Health;
import dev.caravan.observe.HealthState;
import dev.caravan.observe.Metrics;
import dev.caravan.runtime.OwnVertx;
import dev.caravan.support.RawHttpClient;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManagementServerTest {
    private final Vertx vertx = OwnVertx.create(1);
    private final Metrics metrics = new Metrics(model -> model);
    private final HealthState state = new HealthState(true);
    private final DefaultCamelContext context = new DefaultCamelContext();
    private ManagementServer server;

    @BeforeEach
    void open() throws Exception {
        context.start();
        server = new ManagementServer(vertx, "127.0.0.1", 0, HttpLimits.DEFAULT, new Health(state, context), metrics);
        server.open();
    }

    @AfterEach
    void close() {
        server.close();
        context.stop();
        metrics.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private HttpResponse<String> call(String method, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.actualPort() + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .method(method, BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    @Test
    void isReadyOnlyBetweenOpeningAndStopping() throws Exception {
        assertThat(call("GET", "/observe/health/ready").statusCode()).isEqualTo(503);
        state.opened();
        assertThat(call("GET", "/observe/health/ready").statusCode()).isEqualTo(200);
        assertThat(call("GET", "/observe/health").body())
                .startsWith("{\"emulated\":true,\"status\":\"UP\",\"checks\":[{\"name\":\"caravan\"");
        state.stopping();
        assertThat(call("GET", "/observe/health/ready").statusCode()).isEqualTo(503);
        assertThat(call("GET", "/observe/health").body()).startsWith("{\"emulated\":true,\"status\":\"DOWN\"");
        assertThat(call("GET", "/observe/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void asksCamelsChecksAndShowsTheirNamesOnly() throws Exception {
        state.opened();
        HealthCheckRegistry registry = HealthCheckHelper.getHealthCheckRegistry(context);
        registry.register(new AbstractHealthCheck("mine", "upstream") {
            @Override
            protected void doCall(HealthCheckResultBuilder builder, java.util.Map<String, Object> options) {
                builder.down().message("inside");
            }
        });

        HttpResponse<String> answer = call("GET", "/observe/health");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body())
                .contains("{\"name\":\"upstream\",\"status\":\"DOWN\"}")
                .doesNotContain("inside");
    }

    @Test
    void showsMetrics() throws Exception {
        HttpResponse<String> answer = call("GET", "/observe/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains(Metrics.CONTENT_TYPE);
        assertThat(answer.body()).contains("jvm_memory_used_bytes").contains("caravan_upstream_calls_total");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 200",
        "localhost:9876, 200",
        "[::1]:1, 200",
        "evil.example, 403",
        "127.0.0.1.evil.example, 403"
    })
    void onALoopbackAddressOnlyLoopbackNamesAreServed(String host, int status) throws Exception {
        for (String path : List.of("/observe/metrics", "/observe/health/live")) {
            try (RawHttpClient client = new RawHttpClient(server.actualPort())) {
                client.send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

                assertThat(client.readAnswer()).startsWith("HTTP/1.1 " + status + " ");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"GET, /v1/models, 404", "GET, /, 404", "POST, /observe/metrics, 405"})
    void servesNothingElse(String method, String path, int status) throws Exception {
        HttpResponse<String> answer = call(method, path);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.headers().firstValue("X-Request-Id")).isPresent();
    }
}
