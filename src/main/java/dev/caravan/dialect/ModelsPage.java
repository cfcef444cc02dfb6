package dev.caravan.dialect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.error.LlmException;
import dev.caravan.model.Catalogue;
import dev.caravan.model.Model;
import dev.caravan.model.ModelResolver;
import dev.caravan.runtime.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes {@code GET /v1/models} and {@code GET /v1/models/{id}}: one form that the clients of OpenAI ({@code
 * object}, {@code created}, {@code owned_by}) and Anthropic ({@code type}, {@code created_at}, {@code has_more}) read.
 */
public final class ModelsPage {
    /** Stands for an unknown release: the day Bedrock became generally available. */
    static final LocalDate UNKNOWN_RELEASE = LocalDate.of(2023, 9, 28);

    private final Catalogue catalogue;
    private final ModelResolver resolver;
    private final boolean emulated;

    /**
     * @param catalogue what is listed
     * @param resolver what names mean
     * @param emulated whether calls go to the embedded Bedrock
     */
    public ModelsPage(Catalogue catalogue, ModelResolver resolver, boolean emulated) {
        this.catalogue = Objects.requireNonNull(catalogue, "catalogue");
        this.resolver = Objects.requireNonNull(resolver, "resolver");
        this.emulated = emulated;
    }

    /** All models on one page. */
    public ObjectNode list() {
        List<Model> models = catalogue.all();
        ObjectNode page = Json.object();
        page.put("object", "list");
        page.put("default", defaultId());
        page.put("emulated", emulated);
        page.put("has_more", false);
        page.put("first_id", models.isEmpty() ? null : models.get(0).id());
        page.put(
                "last_id",
                models.isEmpty() ? null : models.get(models.size() - 1).id());
        ArrayNode data = page.putArray("data");
        models.forEach(model -> data.add(entry(model)));
        return page;
    }

    /**
     * One model.
     *
     * @param name id, alias, inference profile or ARN
     * @throws LlmException {@code model_not_found} when no model of the catalogue is called so
     */
    public ObjectNode one(String name) {
        return entry(resolver.lookUp(Objects.requireNonNull(name, "name")).model());
    }

    /** Null when the configured name means no model: the list must still help to find one. */
    private String defaultId() {
        try {
            return resolver.resolve(null).model().id();
        } catch (LlmException e) {
            return null;
        }
    }

    private static ObjectNode entry(Model model) {
        Instant created = model.released()
                .orElse(UNKNOWN_RELEASE)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
        ObjectNode entry = Json.object();
        entry.put("id", model.id());
        entry.put("object", "model");
        entry.put("created", created.getEpochSecond());
        entry.put("owned_by", model.vendor());
        entry.put("type", "model");
        entry.put("display_name", model.displayName());
        entry.put("created_at", created.toString());
        ArrayNode aliases = entry.putArray("aliases");
        model.aliases().forEach(aliases::add);
        entry.put("family", model.family());
        entry.put("provider", model.provider());
        entry.putObject("lifecycle")
                .put("status", model.lifecycle().status().word())
                .put("successor", model.lifecycle().successor().orElse(null));
        entry.put("context_window", model.contextWindow().orElse(null));
        entry.put("max_output_tokens", model.maxOutputTokens().orElse(null));
        entry.set("prices", prices(model.prices()));
        entry.set("capabilities", capabilities(model));
        return entry;
    }

    private static ObjectNode prices(Model.Prices prices) {
        ObjectNode node = Json.object();
        price(node, "input", prices.input());
        price(node, "output", prices.output());
        price(node, "cache_read", prices.cacheRead());
        price(node, "cache_write", prices.cacheWrite());
        return node;
    }

    /** As the catalogue writes it: 0.8 and 3, not 0.80 or 3.0. */
    private static void price(ObjectNode node, String name, Optional<Double> price) {
        if (price.isEmpty()) {
            node.putNull(name);
        } else if (price.get() == Math.rint(price.get())) {
            node.put(name, price.get().longValue());
        } else {
            node.put(name, BigDecimal.valueOf(price.get()));
        }
    }

    private static ArrayNode capabilities(Model model) {
        Model.Capabilities able = model.capabilities();
        ArrayNode names = Json.mapper().createArrayNode();
        add(names, "embeddings", model.kind() == Model.Kind.EMBEDDING);
        add(names, "stream", able.streaming());
        add(names, "tools", able.tools());
        add(names, "stream_tools", able.streamingTools());
        add(names, "vision", able.vision());
        add(names, "system", able.system());
        add(names, "converse", able.converse());
        add(names, "reasoning", able.reasoning());
        add(names, "prompt_caching", able.promptCaching());
        return names;
    }

    private static void add(ArrayNode names, String name, boolean able) {
        if (able) {
            names.add(name);
        }
    }
}
