package dev.caravan.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.EmulatorOptions;
import dev.caravan.model.CatalogueReader;
import dev.caravan.support.EmulatorHarness;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** A client of an emulator that shows what it was sent. Nothing of the process's own environment counts. */
final class ClientHarness implements AutoCloseable {
    private final EmulatorHarness emulator = new EmulatorHarness(
            EmulatorOptions.of(CatalogueReader.read(Optional.empty()).all()));

    /** To be built and closed by the test. */
    LlmClients.Builder builder() {
        return bare().property("caravan.bedrock.endpoint", emulator.endpoint().toString())
                .property("caravan.retry.delay", "1ms")
                .model("claude-3-haiku");
    }

    /** A builder that knows no place to call. */
    static LlmClients.Builder bare() {
        return LlmClients.builder()
                .environment(Map.of("AWS_BEARER_TOKEN_BEDROCK", "token"))
                .systemProperties(new Properties());
    }

    EmulatorHarness emulator() {
        return emulator;
    }

    /** What the model was sent last. */
    JsonNode lastBody() {
        JsonNode requests = emulator.requests();
        return EmulatorHarness.json(
                requests.get(requests.size() - 1).path("body").asText());
    }

    int calls() {
        return emulator.requests().size();
    }

    @Override
    public void close() {
        emulator.close();
    }
}
