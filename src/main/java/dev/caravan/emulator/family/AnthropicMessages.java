package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.answer.Conversation.Turn;
import dev.caravan.emulator.answer.Tokens;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Claude's Messages body on InvokeModel (AWS user guide, "Anthropic Claude Messages API"): required and extraneous
 * keys are the service's to check, all else is the model's.
 */
public final class AnthropicMessages implements FamilyEmulator {
    private static final String VERSION = "bedrock-2023-05-31";
    private static final List<String> REQUIRED = List.of("anthropic_version", "max_tokens", "messages");
    private static final Set<String> KEYS = Set.of(
            "anthropic_version",
            "anthropic_beta",
            "max_tokens",
            "messages",
            "system",
            "temperature",
            "top_p",
            "top_k",
            "stop_sequences",
            "tools",
            "tool_choice",
            "thinking",
            "output_config",
            "context_management",
            "amazon-bedrock-guardrailConfig");
    private static final long MAX_TOP_K = 500;

    @Override
    public String format() {
        return "anthropic-messages";
    }

    @Override
    public Conversation read(JsonNode body, Model model) {
        checkSchema(body, model);
        AnthropicContent.check(body, model);
        AnthropicRules.check(body, model);
        List<Turn> turns = new ArrayList<>();
        for (JsonNode message : body.get("messages")) {
            turns.add(new Turn("user".equals(message.get("role").asText()), text(message.get("content"))));
        }
        long inputTokens = inputTokens(body);
        long window = model.contextWindow().orElse(Integer.MAX_VALUE);
        if (inputTokens > window) {
            throw AwsFailure.byModel("prompt is too long: " + inputTokens + " tokens > " + window + " maximum");
        }
        return new Conversation(
                text(body.path("system")),
                turns,
                body.get("max_tokens").intValue(),
                stopSequences(body),
                AnthropicRules.forcedTool(body),
                Optional.ofNullable(body.path("output_config").path("format").get("schema")),
                AnthropicRules.thinks(body, model),
                inputTokens);
    }

    @Override
    public ObjectNode write(Answer answer, Conversation conversation, Model model) {
        String name = vendorName(model);
        String seed = name + conversation + answer;
        ObjectNode reply = Json.object();
        reply.put("model", name);
        reply.put("id", Ids.of("msg_bdrk_", seed));
        reply.put("type", "message");
        reply.put("role", "assistant");
        content(reply.putArray("content"), answer, seed);
        reply.put("stop_reason", answer.stopWord().orElseGet(() -> word(answer.stop())));
        reply.put("stop_sequence", answer.stopSequence().orElse(null));
        ObjectNode usage = reply.putObject("usage");
        usage.put("input_tokens", conversation.inputTokens());
        if (model.capabilities().promptCaching()) {
            usage.put("cache_creation_input_tokens", 0);
            usage.put("cache_read_input_tokens", 0);
        }
        usage.put("output_tokens", answer.outputTokens());
        return reply;
    }

    @Override
    public List<StreamPart> stream(ObjectNode reply) {
        return AnthropicStream.of(reply);
    }

    /** Anthropic's own name of the model, which is what a reply carries: {@code claude-3-haiku-20240307}. */
    static String vendorName(Model model) {
        return model.id().replaceFirst("^anthropic\\.", "").replaceFirst("-v[0-9]+(:[0-9]+)?$", "");
    }

    private static void checkSchema(JsonNode body, Model model) {
        if (!body.isObject()) {
            throw AwsFailure.validation(SchemaFaults.UNREADABLE);
        }
        new SchemaFaults()
                .required(body, REQUIRED)
                .onlyKnown(body, KEYS)
                .oneOf(body, "anthropic_version", Set.of(VERSION))
                .type(body, "anthropic_beta", JsonNodeType.ARRAY)
                .integer(body, "max_tokens", 1, null)
                .type(body, "messages", JsonNodeType.ARRAY)
                .type(body, "system", JsonNodeType.STRING, JsonNodeType.ARRAY)
                .number(body, "temperature", model.rules().temperature())
                .number(body, "top_p", model.rules().topP())
                .integer(body, "top_k", 0, MAX_TOP_K)
                .type(body, "stop_sequences", JsonNodeType.ARRAY)
                .maxItems(body, "stop_sequences", model.rules().maxStopSequences())
                .type(body, "tools", JsonNodeType.ARRAY)
                .type(body, "tool_choice", JsonNodeType.OBJECT)
                .type(body, "thinking", JsonNodeType.OBJECT)
                .type(body, "output_config", JsonNodeType.OBJECT)
                .refuse();
    }

    /** The text of a content: a string, or its text blocks and the text in its tool results. */
    private static String text(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode block : content) {
            if ("text".equals(block.path("type").asText())) {
                texts.add(block.path("text").asText());
            } else if ("tool_result".equals(block.path("type").asText())) {
                texts.add(text(block.path("content")));
            }
        }
        return String.join("\n", texts);
    }

    private static List<String> stopSequences(JsonNode body) {
        List<String> stops = new ArrayList<>();
        body.path("stop_sequences").forEach(stop -> stops.add(stop.asText()));
        return stops;
    }

    private static long inputTokens(JsonNode body) {
        long chars =
                body.path("tools").isEmpty() ? 0 : body.get("tools").toString().length();
        chars += charsOf(body.path("system"));
        for (JsonNode message : body.get("messages")) {
            chars += charsOf(message.get("content"));
        }
        return Tokens.ofLength(chars);
    }

    private static long charsOf(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue().length();
        }
        long chars = 0;
        for (JsonNode block : content) {
            boolean plain = "text".equals(block.path("type").asText());
            chars += plain
                    ? block.path("text").asText().length()
                    : block.toString().length();
        }
        return chars;
    }

    private static void content(ArrayNode content, Answer answer, String seed) {
        answer.thinking()
                .ifPresent(thought -> content.addObject()
                        .put("type", "thinking")
                        .put("thinking", thought)
                        .put("signature", Ids.of("Eq", thought)));
        answer.text().ifPresent(text -> content.addObject().put("type", "text").put("text", text));
        answer.toolCall()
                .ifPresent(call -> content.addObject()
                        .put("type", "tool_use")
                        .put("id", Ids.of("toolu_bdrk_", seed))
                        .put("name", call.name())
                        .set("input", call.input()));
    }

    private static String word(Answer.Stop stop) {
        return stop == Answer.Stop.CONTENT_FILTERED ? Answer.Stop.REFUSAL.word() : stop.word();
    }
}
