package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.Model;
import dev.caravan.model.ModelResolver;
import dev.caravan.runtime.Json;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Requests with tools, and the models to write them for. */
final class ToolRequests {
    static final Tool WEATHER = new Tool(
            "weather",
            "Weather of a city",
            json("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}"));
    static final Tool CLOCK = new Tool("clock", null, json("{\"type\":\"object\",\"properties\":{}}"));

    private static final ModelResolver RESOLVER =
            new ModelResolver(CatalogueReader.shipped(), "claude-3-haiku", "auto", "us-east-1");

    private ToolRequests() {}

    static Model model(String name) {
        return RESOLVER.resolve(name).model();
    }

    static JsonNode json(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static LlmRequest.Builder offering(ToolChoice choice, Tool... tools) {
        return LlmRequest.ofPrompt("Hi").tools(List.of(tools)).toolChoice(choice);
    }

    /** Two calls of one turn, their results in messages of their own, and a word of the user between. */
    static LlmRequest.Builder history() {
        return LlmRequest.builder()
                .messages(List.of(
                        Message.of(Role.USER, "Compare"),
                        new Message(
                                Role.ASSISTANT,
                                List.of(
                                        new Block.Text("I look."),
                                        new Block.ToolUse("t1", "weather", json("{\"city\":\"Oslo\"}")),
                                        new Block.ToolUse("t2", "weather", json("{\"city\":\"Rome\"}")))),
                        new Message(Role.USER, List.of(new Block.ToolResult("t1", "3 degrees", false))),
                        new Message(
                                Role.USER,
                                List.of(new Block.Text("And?"), new Block.ToolResult("t2", "no such city", true)))));
    }

    static String written(ModelFormat format, LlmRequest request, String model) {
        return new String(format.write(request, model(model)), StandardCharsets.UTF_8);
    }
}
