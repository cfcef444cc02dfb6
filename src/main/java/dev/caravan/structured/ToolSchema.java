package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A schema as the input schema of the tool by which a model gives its answer. A tool's input is an object, so a schema
 * of anything else stands as the property {@value #PROPERTY} of one.
 *
 * <p>Claude's API refuses {@code anyOf}, {@code oneOf} and {@code allOf} at the root of an input schema, and keys of its
 * root properties that do not match {@code ^[a-zA-Z0-9_.-]{1,64}$} (public issues of clients, which quote the service's
 * words); such schemas stand as a property too. It wants draft 2020-12: what older drafts spell otherwise is respelled.
 *
 * @param inputSchema of type object
 * @param wrapped whether the answer is the property {@value #PROPERTY} of the input
 */
public record ToolSchema(JsonNode inputSchema, boolean wrapped) {
    /** The property that holds an answer that is no object. */
    static final String PROPERTY = "answer";

    private static final Pattern KEY = Pattern.compile("[a-zA-Z0-9_.-]{1,64}");
    private static final Set<String> NOT_AT_ROOT = Set.of("$ref", "anyOf", "oneOf", "allOf", "enum", "const");
    private static final List<String> DEFINITIONS = List.of("$defs", "definitions");

    /**
     * @param schema one that was compiled
     * @return empty when it cannot be moved without a change of meaning: it names parts of itself by an address
     */
    public static Optional<ToolSchema> of(JsonNode schema) {
        boolean wrapped = !standsAlone(schema);
        SchemaCopy copy = new SchemaCopy(wrapped ? "#/properties/" + PROPERTY : "#");
        JsonNode moved = copy.of(schema);
        if (!copy.sound() || schema.isBoolean() && !schema.booleanValue()) {
            return Optional.empty();
        }
        return Optional.of(new ToolSchema(wrapped ? wrap(moved) : moved, wrapped));
    }

    private static boolean standsAlone(JsonNode schema) {
        if (!"object".equals(schema.path("type").textValue())
                || NOT_AT_ROOT.stream().anyMatch(schema::has)) {
            return false;
        }
        for (var property : schema.path("properties").properties()) {
            if (!KEY.matcher(property.getKey()).matches()) {
                return false;
            }
        }
        return true;
    }

    /** Definitions stay at the root, where every reader of schemas looks for them. */
    private static JsonNode wrap(JsonNode moved) {
        ObjectNode wrapper = Json.object().put("type", "object");
        ObjectNode answer = moved.isObject() ? ((ObjectNode) moved).deepCopy() : Json.object();
        wrapper.putObject("properties").set(PROPERTY, answer);
        wrapper.putArray("required").add(PROPERTY);
        for (String name : DEFINITIONS) {
            JsonNode definitions = answer.remove(name);
            if (definitions != null) {
                wrapper.set(name, definitions);
            }
        }
        return wrapper;
    }

    /** The answer in a tool call's input; the input itself when the model left out the property around it. */
    public JsonNode unwrap(JsonNode input) {
        return wrapped && input.has(PROPERTY) ? input.get(PROPERTY) : input;
    }
}
