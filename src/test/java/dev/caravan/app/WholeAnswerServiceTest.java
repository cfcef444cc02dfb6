package dev.caravan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.config.SettingsSources;
import dev.caravan.support.RawHttpClient;
import dev.caravan.support.SseEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By HTTP, a stream of a model that the user's own catalogue says cannot stream. */
class WholeAnswerServiceTest {
    @TempDir
    Path workingDir;

    @Test
    void theAnswer_comesWholeAsAStream() throws Exception {
        String catalogue = Path.of(
                        getClass().getResource("/catalogue/whole-answers.yaml").toURI())
                .toString();
        try (Service service = Service.start(SettingsSources.standalone(
                        workingDir,
                        Map.of(
                                "CARAVAN_BEDROCK_MODE", "embedded",
                                "CARAVAN_CATALOGUE", catalogue,
                                "CARAVAN_PORT", "0",
                                "CARAVAN_MANAGEMENT_PORT", "0"),
                        new Properties()));
                RawHttpClient client = new RawHttpClient(service.port())) {
            client.post(
                    "/v1/generate",
                    "{\"stream\": true, \"model\": \"whole-model\", \"prompt\": \"Hi\\n@emulator text=\\\"one two three\\\"\"}");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
            List<SseEvent> events = SseEvent.read(client.readChunks());
            assertThat(events).extracting(SseEvent::name).containsExactly("start", "delta", "end");
            assertThat(SseEvent.text(events)).isEqualTo("one two three");

            client.post(
                    "/v1/generate/structured",
                    "{\"stream\": true, \"model\": \"words-model\", \"prompt\": \"Hi\", \"schema_name\": \"invoice\"}");
            assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
            events = SseEvent.read(client.readChunks());
            assertThat(events).extracting(SseEvent::name).containsExactly("start", "delta", "end");
            assertThat(events.get(2).data().at("/validation/mode").asText()).isEqualTo("tool");
            assertThat(events.get(2).data().at("/data/total").isNumber()).isTrue();
        }
    }
}
