package dev.caravan.emulator.answer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds a JSON Schema that stands in a prompt which asks for JSON; the newest text wins, the first schema in it. */
final class SchemaInText {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Set<String> TYPES =
            Set.of("object", "array", "string", "number", "integer", "boolean", "null");
    private static final int MAX_TRIES = 64;

    private SchemaInText() {}

    static Optional<JsonNode> find(Conversation conversation) {
        List<String> texts = new ArrayList<>();
        texts.add(conversation.system());
        conversation.turns().stream()
                .filter(Conversation.Turn::user)
                .map(Conversation.Turn::text)
                .forEach(texts::add);
        if (texts.stream().noneMatch(text -> text.contains("JSON"))) {
            return Optional.empty();
        }
        Collections.reverse(texts);
        return texts.stream().map(SchemaInText::first).flatMap(Optional::stream).findFirst();
    }

    private static Optional<JsonNode> first(String text) {
        int tries = 0;
        for (int at = text.indexOf('{'); at >= 0 && tries < MAX_TRIES; at = text.indexOf('{', at + 1), tries++) {
            JsonNode node = parseAt(text, at);
            if (node != null && isSchema(node)) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    private static boolean isSchema(JsonNode node) {
        return node.has("$schema")
                || node.path("properties").isObject()
                || TYPES.contains(node.path("type").asText());
    }

    private static JsonNode parseAt(String text, int at) {
        try (StringReader reader = new StringReader(text)) {
            reader.skip(at);
            try (JsonParser parser = MAPPER.createParser(reader)) {
                return MAPPER.readTree(parser);
            }
        } catch (JsonProcessingException e) {
            // A brace of prose; the next one may begin a schema.
            return null;
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory does no I/O", e);
        }
    }
}
