package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** AI21 Jamba's body on InvokeModel (AWS user guide, "AI21 Labs Jamba models"). The choices of an answer are all alike. */
public final class JambaChat implements FamilyEmulator {
    private static final Set<String> KEYS = Set.of(
            "messages",
            "tools",
            "max_tokens",
            "temperature",
            "top_p",
            "stop",
            "n",
            "frequency_penalty",
            "presence_penalty",
            "amazon-bedrock-guardrailConfig");
    private static final int MAX_TOKENS = 4096;
    private static final long MAX_CHOICES = 16;

    @Override
    public String format() {
        return "jamba-chat";
    }

    @Override
    public Conversation read(JsonNode body, Model model) {
        checkSchema(body, model);
        JsonNode messages = body.get("messages");
        new ChatMessages(ChatWords.SCHEMA, Set.of("system", "user", "assistant", "tool"), model).check(messages);
        ChatMessages.checkResults(messages);
        new ChatTools(ChatWords.SCHEMA, Map.of(), model).check(body);
        if (body.path("n").asInt(1) > 1 && body.path("temperature").asDouble(1) == 0) {
            throw AwsFailure.byModel("n must be 1 when temperature is 0: all answers would be duplicates");
        }
        return new Conversation(
                ChatMessages.system(messages),
                ChatMessages.turns(messages),
                body.path("max_tokens").asInt(limit(model)),
                ChatReplies.stops(body.path("stop")),
                Optional.empty(),
                Optional.empty(),
                false,
                ChatMessages.inputTokens(body, model),
                body.path("n").asInt(1));
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
                .integer(body, "max_tokens", 0, (long) limit(model))
                .number(body, "temperature", model.rules().temperature())
                .number(body, "top_p", model.rules().topP())
                .type(body, "stop", JsonNodeType.ARRAY, JsonNodeType.STRING)
                .maxItems(body, "stop", model.rules().maxStopSequences())
                .integer(body, "n", 1, MAX_CHOICES)
                .type(body, "frequency_penalty", JsonNodeType.NUMBER)
                .type(body, "presence_penalty", JsonNodeType.NUMBER)
                .refuse();
    }

    private static int limit(Model model) {
        return model.maxOutputTokens().orElse(MAX_TOKENS);
    }

    @Override
    public Conversation readForStream(JsonNode body, Model model) {
        Conversation conversation = read(body, model);
        if (conversation.choices() > 1) {
            throw AwsFailure.byModel("n must be 1 when the answer is streamed");
        }
        return conversation;
    }

    @Override
    public ObjectNode write(Answer answer, Conversation conversation, Model model) {
        String seed = model.id() + conversation + answer;
        ObjectNode reply = Json.object().put("id", Ids.of("chatcmpl-", seed));
        for (int i = 0; i < conversation.choices(); i++) {
            ObjectNode choice = ChatReplies.choice(reply);
            ObjectNode message = choice.putObject("message").put("role", "assistant");
            message.put("content", answer.text().orElse(null));
            ChatReplies.writeCalls(message, answer, Ids.of("call_", seed + i), true);
            choice.put("finish_reason", ChatReplies.stopWord(answer));
        }
        ChatReplies.writeUsage(reply, conversation, answer);
        return reply;
    }

    @Override
    public List<StreamPart> stream(ObjectNode reply) {
        return ChatStream.of(reply, "finish_reason", true);
    }
}
