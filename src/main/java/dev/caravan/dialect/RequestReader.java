package dev.caravan.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a request of Caravan's own API, field by field. Unknown fields, wrong types and blank content are refused
 * by name; JSON null counts as absent.
 */
public final class RequestReader {
    private static final Set<String> FIELDS = Set.of(
            "prompt",
            "messages",
            "system_prompt",
            "model",
            "temperature",
            "max_tokens",
            "top_p",
            "stop",
            "max_retries",
            "stream",
            "metadata");
    private static final Set<String> LATER = Set.of("tools", "tool_choice", "reasoning", "guardrail");
    private static final int MAX_RETRIES = 10;
    private static final String BODY = "The body";

    private RequestReader() {}

    /**
     * Reads UTF-8 JSON.
     *
     * @throws LlmException {@code invalid_request} naming the field or the place
     */
    public static LlmRequest read(byte[] body) {
        return read(tree(body, BODY));
    }

    /**
     * Reads UTF-8 JSON of a request for an answer that is valid against a schema.
     *
     * @throws LlmException {@code invalid_request} naming the field or the place
     */
    public static LlmRequest readStructured(byte[] body) {
        return readStructured(tree(body, BODY));
    }

    /**
     * Reads UTF-8 JSON of a request of either kind, as {@link #readAny(JsonNode, String)} does.
     *
     * @throws LlmException {@code invalid_request} naming the field or the place
     */
    public static LlmRequest readAny(byte[] content, String what) {
        return readAny(tree(content, what), what);
    }

    private static JsonNode tree(byte[] body, String what) {
        if (body.length == 0) {
            throw LlmException.invalid(what + " is empty. Send a JSON object such as {\"prompt\": \"Hello\"}.");
        }
        try {
            return Json.read(body);
        } catch (JsonProcessingException e) {
            throw LlmException.invalid(what + " is not valid JSON: " + FieldReading.problem(e));
        }
    }

    /**
     * Reads a JSON tree.
     *
     * @throws LlmException {@code invalid_request} naming the field
     */
    public static LlmRequest read(JsonNode tree) {
        return read(tree, false, BODY).build();
    }

    /**
     * Reads a JSON tree of a request for an answer that is valid against a schema. Whether there is exactly one schema
     * is for the trunk to say: an endpoint may have given it.
     *
     * @throws LlmException {@code invalid_request} naming the field
     */
    public static LlmRequest readStructured(JsonNode tree) {
        return either(tree, BODY);
    }

    /**
     * Reads a JSON tree where no path says whether the answer shall be valid against a schema: it shall when the request
     * has a field of structured requests. Nor does such a place take the parts of an answer as they come.
     *
     * @param what it came as, the subject of what is said of it as a whole, such as {@code The file}
     * @throws LlmException {@code invalid_request} naming the field
     */
    public static LlmRequest readAny(JsonNode tree, String what) {
        LlmRequest request = either(tree, what);
        if (request.stream()) {
            throw LlmException.invalid("stream: this answer is given when it is whole; leave it out or say false.");
        }
        return request;
    }

    private static LlmRequest either(JsonNode tree, String what) {
        return read(tree, true, what).structured(StructuredFields.read(tree)).build();
    }

    private static LlmRequest.Builder read(JsonNode tree, boolean structured, String what) {
        if (tree == null || !tree.isObject()) {
            throw LlmException.invalid(what + " must be a JSON object such as {\"prompt\": \"Hello\"}.");
        }
        FieldReading.requireUnicode(tree, what);
        requireKnown(tree, structured);
        return LlmRequest.builder()
                .model(FieldReading.text(tree, "model"))
                .messages(conversation(tree))
                .system(system(tree))
                .temperature(FieldReading.number(tree, "temperature"))
                .topP(FieldReading.number(tree, "top_p"))
                .maxTokens(FieldReading.integer(tree, "max_tokens", 1, Integer.MAX_VALUE))
                .stop(stop(tree))
                .maxRetries(FieldReading.integer(tree, "max_retries", 0, MAX_RETRIES))
                .metadata(metadata(tree))
                .stream(stream(tree.path("stream")));
    }

    private static boolean stream(JsonNode node) {
        if (FieldReading.given(node) && !node.isBoolean()) {
            throw FieldReading.wrong("stream", "must be true or false", node);
        }
        return node.asBoolean();
    }

    private static void requireKnown(JsonNode tree, boolean structured) {
        tree.fieldNames().forEachRemaining(name -> {
            if (StructuredFields.NAMES.contains(name)) {
                if (!structured) {
                    throw LlmException.invalid(name + ": belongs to a structured request: POST /v1/generate/structured"
                            + " (in a route caravan:structured or direct:caravan-structured).");
                }
                return;
            }
            if (LATER.contains(name)) {
                throw LlmException.invalid(name + ": this version does not have this field yet.");
            }
            if (!FIELDS.contains(name)) {
                throw LlmException.invalid(FieldReading.fieldName(name) + ": unknown field. Known fields: "
                        + sorted(FIELDS) + (structured ? ", " + sorted(StructuredFields.NAMES) : "") + ".");
            }
        });
    }

    private static String sorted(Set<String> names) {
        return String.join(", ", names.stream().sorted().toList());
    }

    private static List<Message> conversation(JsonNode tree) {
        boolean prompt = FieldReading.given(tree.path("prompt"));
        boolean messages = FieldReading.given(tree.path("messages"));
        if (prompt && messages) {
            throw LlmException.invalid("prompt, messages: send one of them, not both.");
        }
        if (prompt) {
            return List.of(Message.of(Role.USER, FieldReading.text(tree, "prompt")));
        }
        if (messages) {
            return messages(tree.path("messages"));
        }
        throw LlmException.invalid("prompt: required (or messages).");
    }

    private static List<Message> messages(JsonNode list) {
        if (!list.isArray()) {
            throw FieldReading.wrong("messages", "must be a list of {\"role\", \"content\"}", list);
        }
        List<Message> messages = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            messages.add(message(list.get(i), "messages[" + i + "]"));
        }
        if (messages.stream().allMatch(message -> message.role() == Role.SYSTEM)) {
            throw LlmException.invalid("messages: at least one message of the user is required.");
        }
        return messages;
    }

    private static Message message(JsonNode node, String path) {
        if (!node.isObject()) {
            throw FieldReading.wrong(path, "must be an object {\"role\", \"content\"}", node);
        }
        node.fieldNames().forEachRemaining(name -> {
            if (!name.equals("role") && !name.equals("content")) {
                throw LlmException.invalid(path + "." + FieldReading.fieldName(name) + ": unknown field.");
            }
        });
        return Message.of(role(node.path("role"), path + ".role"), content(node.path("content"), path + ".content"));
    }

    private static Role role(JsonNode node, String path) {
        for (Role role : Role.values()) {
            if (role.word().equals(node.textValue())) {
                return role;
            }
        }
        String rule = "must be \"user\", \"assistant\" or \"system\"";
        if (node.isTextual()) {
            throw LlmException.invalid(path + ": " + rule + ", not \"" + FieldReading.shown(node.textValue()) + "\".");
        }
        throw FieldReading.wrong(path, rule, node);
    }

    private static String content(JsonNode node, String path) {
        if (node.isArray()) {
            throw LlmException.invalid(path + ": this version does not have content blocks yet; send a string.");
        }
        return FieldReading.requireText(node, path);
    }

    /** A blank system prompt counts as absent. */
    private static String system(JsonNode tree) {
        JsonNode node = tree.path("system_prompt");
        if (!FieldReading.given(node)) {
            return null;
        }
        if (!node.isTextual()) {
            throw FieldReading.wrong("system_prompt", "must be a string", node);
        }
        return Texts.isBlank(node.textValue()) ? null : node.textValue();
    }

    private static List<String> stop(JsonNode tree) {
        JsonNode node = tree.path("stop");
        if (!FieldReading.given(node)) {
            return List.of();
        }
        if (node.isTextual()) {
            return List.of(stopSequence(node, "stop"));
        }
        if (!node.isArray()) {
            throw FieldReading.wrong("stop", "must be a string or a list of strings", node);
        }
        List<String> stop = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            stop.add(stopSequence(node.get(i), "stop[" + i + "]"));
        }
        return stop;
    }

    /** White space may be a stop sequence, where the model takes it; nothing may not. */
    private static String stopSequence(JsonNode node, String path) {
        if (!node.isTextual()) {
            throw FieldReading.wrong(path, "must be a string", node);
        }
        if (node.textValue().isEmpty()) {
            throw LlmException.invalid(path + ": must not be empty.");
        }
        return node.textValue();
    }

    private static Map<String, String> metadata(JsonNode tree) {
        JsonNode node = tree.path("metadata");
        return FieldReading.given(node) ? MetadataRules.read(node) : Map.of();
    }
}
