package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import dev.caravan.runtime.Texts;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Claude's rules for messages, their blocks and the system prompt. */
final class AnthropicContent {
    private static final Set<String> ASSISTANT_BLOCKS =
            Set.of("text", "tool_use", "thinking", "redacted_thinking", "server_tool_use");
    private static final Set<String> USER_BLOCKS = Set.of("text", "image", "document", "tool_result", "search_result");
    private static final Set<String> IMAGES = Set.of("image/jpeg", "image/png", "image/webp", "image/gif");
    private static final Set<String> TEXT_BLOCK = Set.of("type", "text", "cache_control", "citations");
    private static final String BLANK = "text content blocks must contain non-whitespace text";

    private AnthropicContent() {}

    static void check(JsonNode body, Model model) {
        JsonNode messages = body.get("messages");
        if (messages.isEmpty()) {
            throw AwsFailure.byModel("messages: at least one message is required");
        }
        for (int i = 0; i < messages.size(); i++) {
            checkMessage(messages.get(i), "messages." + i, model);
        }
        if (!"user".equals(messages.get(0).get("role").asText())) {
            throw AwsFailure.byModel("messages: first message must use the \"user\" role");
        }
        checkSystem(body.path("system"));
        checkToolTurns(messages);
        if (body.path("tools").isEmpty() && usesTools(messages)) {
            throw AwsFailure.byModel(
                    "Requests which have `tool_use` or `tool_result` blocks in messages must define tools.");
        }
    }

    private static void checkMessage(JsonNode message, String at, Model model) {
        String role = message.path("role").asText();
        if ("system".equals(role)) {
            throw AwsFailure.byModel("messages: Unexpected role \"system\". The Messages API accepts a top-level"
                    + " `system` parameter, not \"system\" as an input message role.");
        }
        if (!Set.of("user", "assistant").contains(role)) {
            throw AwsFailure.byModel(at + ".role: Input should be 'user' or 'assistant'");
        }
        onlyKnown(message, Set.of("role", "content"), at);
        JsonNode content = message.path("content");
        if (content.isMissingNode()) {
            throw AwsFailure.byModel(at + ".content: Field required");
        }
        if (!content.isTextual() && !content.isArray()) {
            throw AwsFailure.byModel(at + ".content: Input should be a valid list");
        }
        if (content.isArray() && content.isEmpty()) {
            throw AwsFailure.byModel(
                    at + ": all messages must have non-empty content except for the optional final assistant message");
        }
        if (content.isTextual() && Texts.isBlank(content.textValue())) {
            throw AwsFailure.byModel("messages: " + BLANK);
        }
        for (int i = 0; i < content.size(); i++) {
            checkBlock(
                    content.get(i), at + ".content." + i, "user".equals(role) ? USER_BLOCKS : ASSISTANT_BLOCKS, model);
        }
    }

    private static void checkBlock(JsonNode block, String at, Set<String> known, Model model) {
        String type = block.path("type").asText();
        if (type.isEmpty()) {
            throw AwsFailure.byModel(at + ".type: Field required");
        }
        if (!known.contains(type)) {
            throw AwsFailure.byModel(at + ": Input tag '" + type
                    + "' found using 'type' does not match any of the expected tags: " + quoted(known));
        }
        switch (type) {
            case "text" -> checkText(block, at);
            case "image" -> checkImage(block, at, model);
            case "document" -> requireText(block.path("source"), "type", at + ".document.source");
            case "tool_use" -> {
                requireText(block, "id", at + ".tool_use");
                requireText(block, "name", at + ".tool_use");
                if (!block.path("input").isObject()) {
                    throw AwsFailure.byModel(at + ".tool_use.input: Input should be a valid dictionary");
                }
            }
            case "tool_result" -> {
                requireText(block, "tool_use_id", at + ".tool_result");
                JsonNode inner = block.path("content");
                for (int i = 0; i < inner.size(); i++) {
                    checkBlock(inner.get(i), at + ".tool_result.content." + i, USER_BLOCKS, model);
                }
            }
            case "thinking" -> requireText(block, "signature", at + ".thinking");
            default -> {}
        }
    }

    private static void checkText(JsonNode block, String at) {
        requireText(block, "text", at + ".text");
        onlyKnown(block, TEXT_BLOCK, at + ".text");
        if (Texts.isBlank(block.get("text").textValue())) {
            throw AwsFailure.byModel("messages: " + BLANK);
        }
    }

    private static void checkImage(JsonNode block, String at, Model model) {
        if (!model.capabilities().vision()) {
            throw AwsFailure.byModel("'" + AnthropicMessages.vendorName(model) + "' does not support image input.");
        }
        JsonNode source = block.path("source");
        if (!"base64".equals(source.path("type").asText())) {
            throw AwsFailure.byModel(at + ".image.source.type: Input should be 'base64'");
        }
        if (!IMAGES.contains(source.path("media_type").asText())) {
            throw AwsFailure.byModel(at + ".image.source.base64.media_type: Input should be " + quoted(IMAGES));
        }
        requireText(source, "data", at + ".image.source.base64");
    }

    private static void checkSystem(JsonNode system) {
        boolean blank = system.isTextual() && Texts.isBlank(system.textValue());
        for (JsonNode block : system) {
            blank |= Texts.isBlank(block.path("text").asText());
        }
        if (blank) {
            throw AwsFailure.byModel("system: " + BLANK);
        }
    }

    /** Every tool_use is answered in the next message, and every tool_result answers one of the message before. */
    private static void checkToolTurns(JsonNode messages) {
        Set<String> open = Set.of();
        for (int i = 0; i < messages.size(); i++) {
            JsonNode content = messages.get(i).get("content");
            Set<String> answered = ids(content, "tool_result", "tool_use_id");
            for (String id : answered) {
                if (!open.contains(id)) {
                    throw AwsFailure.byModel("messages." + i + ".content.0: unexpected `tool_use_id` found in"
                            + " `tool_result` blocks: " + id + ". Each `tool_result` block must have a corresponding"
                            + " `tool_use` block in the previous message.");
                }
            }
            Set<String> missing = new LinkedHashSet<>(open);
            missing.removeAll(answered);
            refuseUnanswered(missing, i - 1);
            open = ids(content, "tool_use", "id");
        }
        refuseUnanswered(open, messages.size() - 1);
    }

    private static void refuseUnanswered(Set<String> ids, int message) {
        if (!ids.isEmpty()) {
            throw AwsFailure.byModel("messages." + message + ": `tool_use` ids were found without `tool_result` blocks"
                    + " immediately after: " + String.join(", ", ids) + ". Each `tool_use` block must have a"
                    + " corresponding `tool_result` block in the next message.");
        }
    }

    private static boolean usesTools(JsonNode messages) {
        for (JsonNode message : messages) {
            JsonNode content = message.get("content");
            if (!ids(content, "tool_use", "id").isEmpty()
                    || !ids(content, "tool_result", "tool_use_id").isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> ids(JsonNode content, String type, String key) {
        Set<String> ids = new LinkedHashSet<>();
        for (JsonNode block : content) {
            if (type.equals(block.path("type").asText())) {
                ids.add(block.path(key).asText());
            }
        }
        return ids;
    }

    private static void requireText(JsonNode node, String key, String at) {
        if (!node.has(key)) {
            throw AwsFailure.byModel(at + "." + key + ": Field required");
        }
        if (!node.get(key).isTextual()) {
            throw AwsFailure.byModel(at + "." + key + ": Input should be a valid string");
        }
    }

    private static void onlyKnown(JsonNode node, Set<String> known, String at) {
        node.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                throw AwsFailure.byModel(at + "." + key + ": Extra inputs are not permitted");
            }
        });
    }

    private static String quoted(Set<String> words) {
        List<String> sorted = List.copyOf(new TreeSet<>(words));
        return "'" + String.join("', '", sorted) + "'";
    }
}
