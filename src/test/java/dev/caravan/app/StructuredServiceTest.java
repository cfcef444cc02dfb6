package dev.caravan.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.config.SettingsSources;
import dev.caravan.runtime.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Structured answers of the whole service, by HTTP, with the embedded Bedrock. */
class StructuredServiceTest {
    private static final String PERSON = """
            {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
             "required": ["name", "age"]}""";

    @TempDir
    static Path workingDir;

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static Service service;

    @BeforeAll
    static void start() throws Exception {
        Path schemas = Files.createDirectory(workingDir.resolve("schemas"));
        Files.writeString(schemas.resolve("person.schema.json"), PERSON);
        service = Service.start(SettingsSources.standalone(
                workingDir,
                Map.of("CARAVAN_BEDROCK_MODE", "embedded", "CARAVAN_PORT", "0", "CARAVAN_MANAGEMENT_PORT", "0"),
                new Properties()));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void answer_isValidAndSaysHow() throws Exception {
        HttpResponse<byte[]> answer = post("{\"prompt\": \"Who?\", \"schema\": " + PERSON + "}");

        JsonNode reply = Json.read(answer.body());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(reply.at("/data/age").isIntegralNumber()).isTrue();
        assertThat(reply.path("validation").toString())
                .isEqualTo("{\"mode\":\"native\",\"attempts\":1,\"repaired\":false}");
        assertThat(reply.path("emulated").asBoolean()).isTrue();
        assertThat(answer.headers().firstValue("X-Caravan-Emulated")).contains("true");
    }

    @Test
    void schemaOfTheFolderAndShippedOne_areFoundByName() throws Exception {
        assertThat(Json.read(post("{\"prompt\": \"Who?\", \"schema_name\": \"person\"}")
                                .body())
                        .at("/data/name")
                        .isTextual())
                .isTrue();
        assertThat(Json.read(post("{\"prompt\": \"Read it\", \"schema_name\": \"invoice\"}")
                                .body())
                        .at("/data/total")
                        .isNumber())
                .isTrue();
    }

    @Test
    void unknownName_is404() throws Exception {
        HttpResponse<byte[]> answer = post("{\"prompt\": \"Who?\", \"schema_name\": \"nobody\"}");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(Json.read(answer.body()).path("code").asText()).isEqualTo("not_found");
    }

    @Test
    void answerThatStaysInvalid_is422() throws Exception {
        HttpResponse<byte[]> answer = post("{\"prompt\": \"Who?\\n@emulator text=nobody\", \"max_repairs\": 1,"
                + " \"model\": \"claude-3-haiku\", \"schema\": " + PERSON + "}");

        JsonNode problem = Json.read(answer.body());
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(problem.path("attempts").asInt()).isEqualTo(2);
        assertThat(problem.path("raw").asText()).isEqualTo("nobody");
        assertThat(problem.path("errors")).isNotEmpty();
        assertThat(problem.at("/usage/output_tokens").asInt()).isPositive();
        assertThat(metrics())
                .contains("caravan_structured_answers_total{mode=\"tool\",result=\"invalid\"} 2.0")
                .contains("code=\"structured_output_invalid\"");
    }

    @Test
    void otherMethod_is405AndDoorsAreApart() throws Exception {
        HttpResponse<byte[]> answer =
                CLIENT.send(HttpRequest.newBuilder(uri()).build(), HttpResponse.BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("POST");
        assertThat(post("{\"prompt\": \"Who?\"}").statusCode()).isEqualTo(400);
    }

    private static String metrics() throws Exception {
        return CLIENT.send(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + service.managementPort() + "/observe/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static HttpResponse<byte[]> post(String body) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(uri())
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private static URI uri() {
        return URI.create("http://127.0.0.1:" + service.port() + "/v1/generate/structured");
    }
}
