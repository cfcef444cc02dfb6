package dev.caravan.trunk;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.dialect.MetadataRules;
import dev.caravan.dialect.RequestReader;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Nesting;
import dev.caravan.runtime.Texts;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * Makes a request of whatever a route puts into the body: an {@link LlmRequest}, a Map or JSON tree of the fields
 * of Caravan's own API, their JSON text, or plain text, which is the prompt. Text counts as JSON when it is an
 * object with {@code prompt} or {@code messages}.
 */
public final class RequestIntake {
    /** Levels of an object tree given as a Map or a Jackson tree: as deep as JSON text may be. */
    public static final int MAX_DEPTH = 1000;

    private static final String DUPLICATE = "Duplicate field";

    private RequestIntake() {}

    /**
     * @param structured whether the answer shall be valid against a schema
     * @throws LlmException {@code invalid_request} naming what is wrong
     */
    public static LlmRequest read(Exchange exchange, boolean structured) {
        return read(exchange, structured, true);
    }

    /**
     * The same, but text is always the prompt.
     *
     * @throws LlmException {@code invalid_request} naming what is wrong
     */
    public static LlmRequest readTextAsPrompt(Exchange exchange, boolean structured) {
        return read(exchange, structured, false);
    }

    private static LlmRequest read(Exchange exchange, boolean structured, boolean jsonText) {
        LlmRequest request = fromBody(exchange, structured, jsonText);
        if (!structured && request.structured() != null) {
            throw LlmException.invalid("structured: belongs to a structured request: caravan:structured or "
                    + TrunkRoutes.STRUCTURED + ".");
        }
        check(request);
        return request;
    }

    private static LlmRequest fromBody(Exchange exchange, boolean structured, boolean jsonText) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof LlmRequest request) {
            return request;
        }
        if (body instanceof JsonNode tree) {
            requireDepth("The JSON tree in the body", tree);
            return fromTree(tree, structured);
        }
        if (body instanceof Map<?, ?> map) {
            return fromTree(tree(map), structured);
        }
        String text = BodyText.of(exchange, body);
        return jsonText ? fromText(text, structured) : LlmRequest.ofPrompt(text).build();
    }

    private static LlmRequest fromTree(JsonNode tree, boolean structured) {
        return structured ? RequestReader.readStructured(tree) : RequestReader.read(tree);
    }

    private static JsonNode tree(Map<?, ?> map) {
        requireDepth("The Map in the body", map);
        try {
            return Json.mapper().valueToTree(map);
        } catch (IllegalArgumentException e) {
            throw LlmException.invalid("The Map in the body cannot be written as JSON: " + e.getMessage());
        }
    }

    /**
     * What is deeper would overflow the stack of those who read it, and a Map that contains itself never ends.
     *
     * @param what the tree's name at the begin of a sentence
     * @throws LlmException {@code invalid_request}
     */
    public static void requireDepth(String what, Object tree) {
        if (!Nesting.isWithin(tree, MAX_DEPTH)) {
            throw LlmException.invalid(
                    what + " is nested more than " + MAX_DEPTH + " levels deep, or contains itself.");
        }
    }

    private static LlmRequest fromText(String text, boolean structured) {
        if (text.stripLeading().startsWith("{")) {
            try {
                JsonNode tree = Json.read(text.getBytes(StandardCharsets.UTF_8));
                if (tree.has("prompt") || tree.has("messages")) {
                    return fromTree(tree, structured);
                }
            } catch (JsonProcessingException e) {
                refuseBrokenRequest(e);
                // A prompt may begin with a brace: then it is text.
            }
        }
        return LlmRequest.ofPrompt(text).build();
    }

    /** What is JSON but beyond the parser's limits, or says a thing twice, is meant as JSON. */
    private static void refuseBrokenRequest(JsonProcessingException e) {
        boolean duplicate = e.getOriginalMessage().startsWith(DUPLICATE);
        if (duplicate || e instanceof StreamConstraintsException) {
            JsonLocation place = e.getLocation();
            throw LlmException.invalid("The JSON in the body "
                    + (duplicate ? "has a field twice" : "is nested too deep or has too long a value")
                    + (place == null ? "." : " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")."));
        }
    }

    /** What the JSON reader checks, for requests that were built in Java. */
    private static void check(LlmRequest request) {
        if (request.responseSchema() != null) {
            throw LlmException.invalid("responseSchema: is Caravan's own, for what it sends; set structured instead.");
        }
        if (request.structured() != null) {
            requireDepth("schema", request.structured().schema());
        }
        for (Message message : request.messages()) {
            for (Block block : message.content()) {
                checkBlock(block);
            }
        }
        if (request.system() != null) {
            checkText("system_prompt", request.system());
        }
        if (request.maxTokens() != null && request.maxTokens() < 1) {
            throw LlmException.invalid("max_tokens: must be at least 1, not " + request.maxTokens() + ".");
        }
        if (request.maxRetries() != null && (request.maxRetries() < 0 || request.maxRetries() > 10)) {
            throw LlmException.invalid("max_retries: must be between 0 and 10, not " + request.maxRetries() + ".");
        }
        if (request.stop().stream().anyMatch(String::isEmpty)) {
            throw LlmException.invalid("stop: a stop sequence must not be empty.");
        }
        request.stop().forEach(stop -> checkUnicode("stop", stop));
        MetadataRules.check(request.metadata());
    }

    private static void checkBlock(Block block) {
        if (block instanceof Block.Text text) {
            checkText("messages", text.text());
        } else if (block instanceof Block.ToolResult result) {
            checkUnicode("messages", result.text());
        }
    }

    private static void checkText(String field, String text) {
        if (Texts.isBlank(text)) {
            throw LlmException.invalid(field + ": must not be blank.");
        }
        checkUnicode(field, text);
    }

    private static void checkUnicode(String field, String text) {
        if (Texts.loneSurrogate(text, 0) >= 0) {
            throw LlmException.invalid(field + ": the text is not valid Unicode (half a surrogate pair).");
        }
    }
}
