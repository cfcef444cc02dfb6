package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.answer.Conversation.Turn;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import dev.caravan.runtime.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Converse's rules for messages, their blocks and the system prompt, which Nova's native body shares. */
final class ConverseContent {
    private static final Set<String> BLOCKS = Set.of(
            "text",
            "image",
            "document",
            "video",
            "audio",
            "toolUse",
            "toolResult",
            "guardContent",
            "cachePoint",
            "reasoningContent",
            "citationsContent",
            "searchResult");
    private static final Set<String> RESULT_BLOCKS =
            Set.of("text", "json", "image", "document", "video", "searchResult");
    private static final Set<String> OF_USER = Set.of("image", "document", "video", "audio", "toolResult");
    private static final Set<String> OF_ASSISTANT = Set.of("toolUse", "reasoningContent");
    private static final Pattern ID = Pattern.compile("[a-zA-Z0-9_.:-]+");
    private static final int MAX_ID = 64;

    private ConverseContent() {}

    static void check(JsonNode body, Model model) {
        JsonNode messages = body.path("messages");
        checkShape(messages);
        if (!"user".equals(messages.path(0).path("role").asText())) {
            throw AwsFailure.validation("A conversation must start with a user message. Try again with a conversation"
                    + " that starts with a user message.");
        }
        for (int i = 0; i < messages.size(); i++) {
            checkMessage(messages, i, model);
        }
        ConverseMedia.check(messages, model);
        checkSystem(body.path("system"), model);
    }

    private static void checkShape(JsonNode messages) {
        Constraints constraints = new Constraints();
        for (int i = 0; i < messages.size(); i++) {
            JsonNode message = messages.get(i);
            String at = "messages." + (i + 1) + ".member";
            if (!message.isObject()) {
                throw AwsFailure.validation(SchemaFaults.UNREADABLE);
            }
            new SchemaFaults()
                    .at("/messages/" + i)
                    .onlyKnown(message, Set.of("role", "content"))
                    .refuse();
            constraints
                    .required(message, "role", at)
                    .required(message, "content", at)
                    .oneOf(message.path("role"), at + ".role", Set.of("user", "assistant"));
        }
        constraints.refuse();
    }

    private static void checkMessage(JsonNode messages, int index, Model model) {
        JsonNode message = messages.get(index);
        String role = message.get("role").asText();
        if (index > 0
                && alternates(model)
                && messages.get(index - 1).get("role").equals(message.get("role"))) {
            throw AwsFailure.validation("A conversation must alternate between user and assistant roles. Make sure the"
                    + " conversation alternates between user and assistant roles and try again.");
        }
        JsonNode content = message.get("content");
        if (!content.isArray()) {
            throw AwsFailure.validation(SchemaFaults.UNREADABLE);
        }
        if (content.isEmpty()) {
            throw AwsFailure.validation("The content field in the Message object at messages." + index
                    + " is empty. Add a ContentBlock object to the content field and try again.");
        }
        for (int i = 0; i < content.size(); i++) {
            String kind = checkBlock(content.get(i), "messages." + index + ".content." + i, BLOCKS);
            checkKind(kind, role);
        }
    }

    /** Titan is known to take two turns of a user. */
    private static boolean alternates(Model model) {
        return !model.family().equals("titan-text");
    }

    private static void checkKind(String kind, String role) {
        if (role.equals("user") && OF_ASSISTANT.contains(kind) || role.equals("assistant") && OF_USER.contains(kind)) {
            throw AwsFailure.validation("The " + kind + " block can't be used in a message of the " + role
                    + " role. Remove " + kind + " and try again.");
        }
    }

    /** A union: exactly one member, whose name this gives. */
    private static String checkBlock(JsonNode block, String at, Set<String> known) {
        new SchemaFaults()
                .at("/" + at.replace('.', '/'))
                .onlyKnown(block, known)
                .refuse();
        if (!block.isObject() || block.size() != 1) {
            throw AwsFailure.validation("The value at " + at + " must have exactly one member, not " + block.size()
                    + ". Set one member and try again.");
        }
        String kind = block.fieldNames().next();
        switch (kind) {
            case "text" -> {
                if (!block.get("text").isTextual()) {
                    throw AwsFailure.validation(SchemaFaults.UNREADABLE);
                }
                if (Texts.isBlank(block.get("text").textValue())) {
                    throw AwsFailure.validation("The text field in the ContentBlock object at " + at
                            + " is blank. Add text to the text field, and try again.");
                }
            }
            case "toolUse" -> checkToolUse(block.get("toolUse"), at + ".toolUse");
            case "toolResult" -> checkToolResult(block.get("toolResult"), at + ".toolResult");
            default -> {
                // Media are looked at together, markers not at all.
            }
        }
        return kind;
    }

    private static void checkToolUse(JsonNode use, String at) {
        id(use, at).required(use, "name", at).required(use, "input", at).refuse();
        if (!use.path("input").isObject()) {
            throw AwsFailure.validation("The format of the value at " + at
                    + ".input is invalid. Provide a json object for the field and" + " try again.");
        }
    }

    private static void checkToolResult(JsonNode result, String at) {
        id(result, at)
                .required(result, "content", at)
                .oneOf(result.path("status"), at + ".status", Set.of("success", "error"))
                .refuse();
        if (!result.path("content").isArray()) {
            throw AwsFailure.validation(SchemaFaults.UNREADABLE);
        }
        for (int i = 0; i < result.get("content").size(); i++) {
            checkBlock(result.get("content").get(i), at + ".content." + i, RESULT_BLOCKS);
        }
    }

    private static Constraints id(JsonNode node, String at) {
        return new Constraints()
                .required(node, "toolUseId", at)
                .length(node.path("toolUseId"), at + ".toolUseId", 1, MAX_ID)
                .pattern(node.path("toolUseId"), at + ".toolUseId", ID);
    }

    private static void checkSystem(JsonNode system, Model model) {
        if (!system.isEmpty() && !model.capabilities().system()) {
            throw AwsFailure.validation("This model doesn't support system messages. Try again without a system message"
                    + " or use a model that supports system messages.");
        }
        for (int i = 0; i < system.size(); i++) {
            JsonNode text = system.get(i).path("text");
            if (text.isTextual() && Texts.isBlank(text.textValue())) {
                throw AwsFailure.validation("The text field in the SystemContentBlock object at system." + i
                        + " is blank. Add text to the text field, and try again.");
            }
        }
    }

    static List<Turn> turns(JsonNode messages) {
        List<Turn> turns = new ArrayList<>();
        for (JsonNode message : messages) {
            turns.add(new Turn("user".equals(message.get("role").asText()), text(message.get("content"))));
        }
        return turns;
    }

    /** The text of blocks, and the text or JSON in tool results. */
    static String text(JsonNode content) {
        List<String> texts = new ArrayList<>();
        for (JsonNode block : content) {
            if (block.path("text").isTextual()) {
                texts.add(block.get("text").textValue());
            } else if (block.has("json")) {
                texts.add(block.get("json").toString());
            } else if (block.has("toolResult")) {
                texts.add(text(block.get("toolResult").path("content")));
            }
        }
        return String.join("\n", texts);
    }
}
