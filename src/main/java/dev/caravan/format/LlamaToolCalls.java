package dev.caravan.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Calls of tools in the text of a Llama model: objects <code>{"name": …, "parameters": {…}}</code>, one or more, that
 * end the answer. Only a tool that was offered can be called; anything else is text.
 *
 * <p>Source: Meta's model card "Llama 3.1, prompt formats", JSON based tool calling.
 *
 * @param before text before the calls
 * @param calls in order; empty when there are none
 */
record LlamaToolCalls(String before, List<Block.ToolUse> calls) {
    /** Begins a call of Llama 3.1's built-in tools, and sometimes of others. */
    private static final List<String> OPENERS = List.of("<|python_tag|>", "<|python_start|>");

    private static final String CLOSER = "<|python_end|>";
    private static final int MAX_STARTS = 16;
    private static final ObjectReader READER =
            Json.mapper().readerFor(JsonNode.class).without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    static LlamaToolCalls find(String text, LlmRequest request) {
        LlamaToolCalls none = new LlamaToolCalls(text, List.of());
        if (!offered(request)) {
            return none;
        }
        Set<String> names = request.tools().stream().map(Tool::name).collect(Collectors.toSet());
        int starts = 0;
        for (int at = 0; at >= 0 && starts < MAX_STARTS; at = nextLine(text, at), starts++) {
            List<JsonNode> calls = calls(text.substring(at), names);
            if (!calls.isEmpty()) {
                return new LlamaToolCalls(text.substring(0, at).strip(), numbered(calls, request));
            }
        }
        return none;
    }

    /** Whether the request lets the model call tools. */
    static boolean offered(LlmRequest request) {
        return !request.tools().isEmpty()
                && (request.toolChoice() == null || request.toolChoice().mode() != ToolChoice.Mode.NONE);
    }

    /** Whether calls may begin so, at the beginning of the text or of a line. */
    static boolean mayBegin(char first) {
        return first == '{' || first == '[' || first == '<';
    }

    /** The beginning of the next line that may begin a call, or -1. */
    private static int nextLine(String text, int from) {
        for (int end = text.indexOf('\n', from); end >= 0; end = text.indexOf('\n', end + 1)) {
            if (end + 1 < text.length() && mayBegin(text.charAt(end + 1))) {
                return end + 1;
            }
        }
        return -1;
    }

    /** The calls that the text consists of; none when there is anything else in it. */
    private static List<JsonNode> calls(String text, Set<String> names) {
        String json = unwrapped(text.strip());
        List<JsonNode> calls = new ArrayList<>();
        int at = 0;
        while (at < json.length()) {
            char c = json.charAt(at);
            if (Character.isWhitespace(c) || (c == ';' || c == ',') && !calls.isEmpty()) {
                at++;
                continue;
            }
            try (JsonParser parser = READER.createParser(json.substring(at))) {
                JsonNode value = READER.readTree(parser);
                if (!addCalls(value, names, calls)) {
                    return List.of();
                }
                at += (int) parser.currentLocation().getCharOffset();
            } catch (JsonProcessingException e) {
                // Then it is an answer in text.
                return List.of();
            } catch (IOException e) {
                throw new IllegalStateException("reading from memory does no I/O", e);
            }
        }
        return calls;
    }

    private static String unwrapped(String text) {
        for (String opener : OPENERS) {
            if (text.startsWith(opener)) {
                String inner = text.substring(opener.length()).strip();
                return inner.endsWith(CLOSER) ? inner.substring(0, inner.length() - CLOSER.length()) : inner;
            }
        }
        return text;
    }

    private static boolean addCalls(JsonNode value, Set<String> names, List<JsonNode> calls) {
        if (value.isArray() && !value.isEmpty()) {
            for (JsonNode element : value) {
                if (!isCall(element, names)) {
                    return false;
                }
                calls.add(element);
            }
            return true;
        }
        return isCall(value, names) && calls.add(value);
    }

    private static boolean isCall(JsonNode value, Set<String> names) {
        return value.isObject()
                && value.path("name").isTextual()
                && names.contains(value.path("name").textValue())
                && (value.path("parameters").isObject()
                        || value.path("parameters").isNull())
                && ToolCalls.object(value.path("parameters")) != null;
    }

    /** The format has no ids. */
    private static List<Block.ToolUse> numbered(List<JsonNode> calls, LlmRequest request) {
        CallIds ids = new CallIds(request);
        return calls.stream()
                .map(call -> new Block.ToolUse(
                        ids.next(), call.get("name").textValue(), ToolCalls.object(call.get("parameters"))))
                .toList();
    }
}
