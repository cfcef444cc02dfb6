package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import dev.caravan.model.Model.ToolChoice;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Mistral's chat body on InvokeModel (AWS user guide, "Mistral AI chat completion"): its reply says
 * {@code stop_reason} and has no token counts.
 */
public final class MistralChat implements FamilyEmulator {
    private static final Set<String> KEYS = Set.of(
            "messages",
            "tools",
            "tool_choice",
            "max_tokens",
            "temperature",
            "top_p",
            "stop",
            "amazon-bedrock-guardrailConfig");
    private static final Map<String, ToolChoice> CHOICES =
            Map.of("auto", ToolChoice.AUTO, "any", ToolChoice.ANY, "none", ToolChoice.NONE);
    private static final int MAX_TOKENS = 8192;

    @Override
    public String format() {
        return "mistral-chat";
    }

    @Override
    public Conversation read(JsonNode body, Model model) {
        checkSchema(body, model);
        JsonNode messages = body.get("messages");
        new ChatMessages(ChatWords.SCHEMA, Set.of("system", "user", "assistant", "tool"), model).check(messages);
        ChatMessages.checkOrder(messages);
        ChatTools tools = new ChatTools(ChatWords.SCHEMA, CHOICES, model);
        tools.check(body);
        return new Conversation(
                ChatMessages.system(messages),
                ChatMessages.turns(messages),
                body.path("max_tokens").asInt(limit(model)),
                ChatReplies.stops(body.path("stop")),
                tools.forced(body),
                Optional.empty(),
                false,
                ChatMessages.inputTokens(body, model));
    }

    private static void checkSchema(JsonNode body, Model model) {
        if (!body.isObject()) {
            throw AwsFailure.validation(SchemaFaults.UNREADABLE);
        }
        new SchemaFaults()
                .required(body, List.of("messages"))
                .onlyKnown(body, KEYS)
                .type(body, "messages", JsonNodeType.ARRAY)
                .type(body, "tools", JsonNodeType.ARRAY)
                .integer(body, "max_tokens", 1, (long) limit(model))
                .number(body, "temperature", model.rules().temperature())
                .number(body, "top_p", model.rules().topP())
                .type(body, "stop", JsonNodeType.ARRAY)
                .maxItems(body, "stop", model.rules().maxStopSequences())
                .refuse();
    }

    private static int limit(Model model) {
        return model.maxOutputTokens().orElse(MAX_TOKENS);
    }

    @Override
    public ObjectNode write(Answer answer, Conversation conversation, Model model) {
        ObjectNode reply = Json.object();
        ObjectNode choice = ChatReplies.choice(reply);
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        message.put("content", answer.text().orElse(""));
        ChatReplies.writeCalls(message, answer, Ids.of("", model.id() + conversation + answer), false);
        choice.put("stop_reason", ChatReplies.stopWord(answer));
        return reply;
    }

    @Override
    public List<StreamPart> stream(ObjectNode reply) {
        return ChatStream.of(reply, "stop_reason", false);
    }
}
