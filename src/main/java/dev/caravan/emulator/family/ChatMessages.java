package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.answer.Conversation.Turn;
import dev.caravan.emulator.answer.Tokens;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Checks and reads {@code messages} in OpenAI's manner. */
final class ChatMessages {
    private final ChatWords words;
    private final Set<String> roles;
    private final Model model;

    /** @param roles the roles there are */
    ChatMessages(ChatWords words, Set<String> roles, Model model) {
        this.words = words;
        this.roles = roles;
        this.model = model;
    }

    /** The shape of each message; {@code messages} is a list. */
    void check(JsonNode messages) {
        for (int i = 0; i < messages.size(); i++) {
            checkMessage(messages.get(i), "/messages/" + i);
        }
        boolean spoken = false;
        for (JsonNode message : messages) {
            spoken |= !isSystem(message);
        }
        if (!spoken) {
            throw AwsFailure.byModel("messages: at least one message of the user or the assistant is required");
        }
    }

    private void checkMessage(JsonNode message, String at) {
        if (!message.isObject()) {
            throw words.type(at, message, ChatWords.OBJECT);
        }
        String role = words.text(message, at, "role");
        if (!roles.contains(role)) {
            throw words.value(at + "/role", role, roles);
        }
        boolean calls = "assistant".equals(role) && !message.path("tool_calls").isEmpty();
        if (calls) {
            checkCalls(message.get("tool_calls"), at + "/tool_calls");
        }
        if ("tool".equals(role)) {
            words.text(message, at, "tool_call_id");
        }
        checkContent(message, at, calls);
    }

    private void checkContent(JsonNode message, String at, boolean calls) {
        JsonNode content = message.get("content");
        if (calls && (content == null || content.isNull())) {
            return;
        }
        if (content == null) {
            throw words.missing(at, "content");
        }
        if (!content.isTextual() && !content.isArray()) {
            throw words.type(at + "/content", content, ChatWords.STRING);
        }
        for (int i = 0; i < content.size(); i++) {
            String part = at + "/content/" + i;
            String type = words.text(content.get(i), part, "type");
            switch (type) {
                case "text" -> words.text(content.get(i), part, "text");
                case "image_url" -> checkImage(content.get(i), part);
                default -> throw words.value(part + "/type", type, List.of("text", "image_url"));
            }
        }
    }

    private void checkImage(JsonNode part, String at) {
        if (!model.capabilities().vision()) {
            throw AwsFailure.byModel(model.id() + " does not support image input");
        }
        words.text(words.object(part, at, "image_url"), at + "/image_url", "url");
    }

    private void checkCalls(JsonNode calls, String at) {
        if (!calls.isArray()) {
            throw words.type(at, calls, ChatWords.ARRAY);
        }
        for (int i = 0; i < calls.size(); i++) {
            String call = at + "/" + i;
            words.text(calls.get(i), call, "id");
            JsonNode function = words.object(calls.get(i), call, "function");
            words.text(function, call + "/function", "name");
            words.text(function, call + "/function", "arguments");
        }
    }

    /** OpenAI's rule: the results of an assistant's calls, and only those, directly follow it. */
    static void checkResults(JsonNode messages) {
        Set<String> open = new LinkedHashSet<>();
        for (JsonNode message : messages) {
            if ("tool".equals(role(message))) {
                if (!open.remove(message.get("tool_call_id").textValue())) {
                    throw AwsFailure.byModel(
                            "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.");
                }
                continue;
            }
            refuseOpen(open);
            message.path("tool_calls").forEach(call -> open.add(call.path("id").asText()));
        }
        refuseOpen(open);
    }

    private static void refuseOpen(Set<String> open) {
        if (!open.isEmpty()) {
            throw AwsFailure.byModel("An assistant message with 'tool_calls' must be followed by tool messages"
                    + " responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: "
                    + String.join(", ", open));
        }
    }

    /** Mistral's rule, in its words: user and assistant take turns, and results stand between calls and assistant. */
    static void checkOrder(JsonNode messages) {
        String before = null;
        int calls = 0;
        for (JsonNode message : messages) {
            String role = role(message);
            boolean system = isSystem(message);
            boolean fits = before == null || "system".equals(before)
                    ? system || "user".equals(role)
                    : switch (before) {
                        case "user" -> "assistant".equals(role);
                        case "assistant" -> calls > 0 ? "tool".equals(role) : "user".equals(role);
                        default -> "assistant".equals(role) || "tool".equals(role);
                    };
            if (!fits) {
                throw AwsFailure.byModel("Unexpected role '" + role + "'"
                        + (before == null ? " as the first role" : " after role '" + before + "'"));
            }
            if ("assistant".equals(role) && calls > 0 || "tool".equals(role) && calls == 0) {
                throw AwsFailure.byModel("Not the same number of function calls and responses");
            }
            calls += "tool".equals(role) ? -1 : message.path("tool_calls").size();
            before = system ? "system" : role;
        }
        if ("assistant".equals(before)) {
            throw AwsFailure.byModel(
                    "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant");
        }
        if (calls > 0) {
            throw AwsFailure.byModel("Not the same number of function calls and responses");
        }
    }

    /** All system texts, joined by a line break. */
    static String system(JsonNode messages) {
        List<String> texts = new ArrayList<>();
        for (JsonNode message : messages) {
            if (isSystem(message)) {
                texts.add(text(message.path("content")));
            }
        }
        return String.join("\n", texts);
    }

    /** The turns; a tool's result is the user's. */
    static List<Turn> turns(JsonNode messages) {
        List<Turn> turns = new ArrayList<>();
        for (JsonNode message : messages) {
            if (!isSystem(message)) {
                turns.add(new Turn(!"assistant".equals(role(message)), text(message.path("content"))));
            }
        }
        return turns;
    }

    /** @throws AwsFailure ValidationException when it is more than the model's context */
    static long inputTokens(JsonNode body, Model model) {
        long chars =
                body.path("tools").isEmpty() ? 0 : body.get("tools").toString().length();
        for (JsonNode message : body.get("messages")) {
            chars += text(message.path("content")).length();
            chars += message.path("tool_calls").isEmpty()
                    ? 0
                    : message.get("tool_calls").toString().length();
        }
        return fitting(Tokens.ofLength(chars), model);
    }

    static long fitting(long tokens, Model model) {
        if (tokens > model.contextWindow().orElse(Integer.MAX_VALUE)) {
            throw AwsFailure.validation("Input is too long for requested model.");
        }
        return tokens;
    }

    private static boolean isSystem(JsonNode message) {
        return Set.of("system", "developer").contains(role(message));
    }

    private static String role(JsonNode message) {
        return message.path("role").asText();
    }

    private static String text(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode part : content) {
            if ("text".equals(part.path("type").asText())) {
                texts.add(part.path("text").asText());
            }
        }
        return String.join("\n", texts);
    }
}
