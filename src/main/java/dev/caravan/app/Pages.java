package dev.caravan.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.dialect.ModelsPage;
import dev.caravan.dialect.OpenAiError;
import dev.caravan.http.HttpDoor;
import dev.caravan.model.Catalogue;
import dev.caravan.model.ModelResolver;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.io.InputStream;

/** The pages that need no route: the catalogue and the description of the API. */
final class Pages {
    private static final String OPENAPI = "/dev/caravan/openapi.json";

    private Pages() {}

    static void install(HttpDoor door, Catalogue catalogue, ModelResolver resolver, boolean emulated) {
        ModelsPage models = new ModelsPage(catalogue, resolver, emulated);
        JsonNode openapi = openapi();
        door.get("/openapi.json", ctx -> openapi);
        door.get("/v1/models", ctx -> models.list());
        door.get("/v1/models/*", ctx -> models.one(ctx.pathParam("*")));
        door.errors("/v1/models/*", OpenAiError::problemWithError);
    }

    static JsonNode openapi() {
        try (InputStream in = Pages.class.getResourceAsStream(OPENAPI)) {
            return Json.read(in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException("the jar has " + OPENAPI, e);
        }
    }
}
