package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.error.LlmException;
import dev.caravan.structured.SchemaInspection.Inspected;
import dev.caravan.structured.SchemaInspection.Reference;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A schema as the engine gets it: of the same meaning, but with references that it cannot read otherwise than the
 * inspection did, and with counts that fit its int.
 */
final class EngineForm {
    private static final BigDecimal MOST = BigDecimal.valueOf(Integer.MAX_VALUE);

    /** No text, list or object has more than {@link Integer#MAX_VALUE}. */
    private static final List<String> COUNTS = List.of(
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minProperties",
            "maxProperties",
            "minContains",
            "maxContains");

    private static final List<String> NAMES = List.of("$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor");

    private EngineForm() {}

    /**
     * Inspects a schema and copies it.
     *
     * @throws LlmException invalid_request when it cannot be followed
     */
    static JsonNode of(JsonNode source, Draft draft) {
        JsonNode copy = source.deepCopy();
        Inspected inspected = SchemaInspection.inspect(copy, draft);
        boolean dynamic = inspected.references().stream()
                .anyMatch(reference -> !reference.keyword().equals("$ref"));
        inspected.bases().forEach((schema, base) -> {
            counts((ObjectNode) schema);
            names((ObjectNode) schema, base, draft, dynamic);
        });
        inspected.references().forEach(reference -> refer(reference, dynamic));
        return copy;
    }

    private static void counts(ObjectNode schema) {
        for (String name : COUNTS) {
            JsonNode count = schema.path(name);
            if (count.isNumber()) {
                schema.put(name, count.decimalValue().min(MOST).intValue());
            }
        }
    }

    /** What references lead to is known, so names are of use only to those that depend on the way taken. */
    private static void names(ObjectNode schema, URI base, Draft draft, boolean dynamic) {
        if (dynamic) {
            JsonNode id = schema.path(draft.idKeyword());
            if (id.isTextual() && !id.textValue().contains("#") && (draft.hasAnchors() || !schema.has("$ref"))) {
                schema.put(draft.idKeyword(), base.toString());
            }
            return;
        }
        NAMES.stream().filter(name -> !schema.path(name).isContainerNode()).forEach(schema::remove);
    }

    private static void refer(Reference reference, boolean dynamic) {
        ObjectNode from = (ObjectNode) reference.from();
        if (reference.target() == null) {
            from.put(
                    reference.keyword(),
                    Draft.byAddress(reference.address().toString()).address());
        } else if (!dynamic) {
            from.put("$ref", "#" + fragment(reference.target().path()));
        } else if (!from.path(reference.keyword()).asText().startsWith("#")) {
            from.put(reference.keyword(), reference.address().toString());
        }
    }

    private static String fragment(String pointer) {
        return Arrays.stream(pointer.split("/", -1))
                .map(name -> URLEncoder.encode(name, StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace("%7E", "~"))
                .collect(Collectors.joining("/"));
    }
}
