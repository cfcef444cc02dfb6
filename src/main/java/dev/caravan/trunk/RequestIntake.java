package dev.caravan.trunk;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.dialect.MetadataRules;
import dev.caravan.dialect.RequestReader;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.NoTypeConversionAvailableException;

/**
 * Makes a request of whatever a route puts into the body: an {@link LlmRequest}, a Map or JSON tree of the fields
 * of Caravan's own API, their JSON text, or plain text, which is the prompt. Text counts as JSON when it is an
 * object with {@code prompt} or {@code messages}.
 */
public final class RequestIntake {
    private RequestIntake() {}

    /**
     * @throws LlmException {@code invalid_request} naming what is wrong
     */
    public static LlmRequest read(Exchange exchange) {
        LlmRequest request = fromBody(exchange);
        check(request);
        return request;
    }

    private static LlmRequest fromBody(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof LlmRequest request) {
            return request;
        }
        if (body instanceof JsonNode tree) {
            return RequestReader.read(tree);
        }
        if (body instanceof Map<?, ?> map) {
            return RequestReader.read(tree(map));
        }
        return fromText(text(exchange, body));
    }

    private static JsonNode tree(Map<?, ?> map) {
        try {
            return Json.mapper().valueToTree(map);
        } catch (IllegalArgumentException e) {
            throw LlmException.invalid("The Map in the body cannot be written as JSON: " + e.getMessage());
        }
    }

    private static String text(Exchange exchange, Object body) {
        try {
            String text = body == null
                    ? ""
                    : exchange.getContext().getTypeConverter().mandatoryConvertTo(String.class, exchange, body);
            if (text.isBlank()) {
                throw LlmException.invalid("The body is empty: it must be the prompt, a Map, JSON or an LlmRequest.");
            }
            return text;
        } catch (NoTypeConversionAvailableException e) {
            throw LlmException.invalid("The body is a " + body.getClass().getName()
                    + ": it must be the prompt, a Map, JSON or an LlmRequest.");
        }
    }

    private static LlmRequest fromText(String text) {
        if (text.stripLeading().startsWith("{")) {
            try {
                JsonNode tree = Json.read(text.getBytes(StandardCharsets.UTF_8));
                if (tree.has("prompt") || tree.has("messages")) {
                    return RequestReader.read(tree);
                }
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                // A prompt may begin with a brace: then it is text.
                return LlmRequest.ofPrompt(text).build();
            }
        }
        return LlmRequest.ofPrompt(text).build();
    }

    /** What the JSON reader checks, for requests that were built in Java. */
    private static void check(LlmRequest request) {
        for (Message message : request.messages()) {
            for (Block block : message.content()) {
                checkText("messages", ((Block.Text) block).text());
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

    private static void checkText(String field, String text) {
        if (text.isBlank()) {
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
