package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.model.Model;
import dev.caravan.model.Model.ToolChoice;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * OpenAI's chat completion on InvokeModel (AWS user guide, "OpenAI models" and "Get validated JSON results from
 * models"): gpt-oss, Qwen3 and other open-weight models. Fields that the service does not know are not refused: the
 * user guide's own example has one. Reasoning stands before the answer between the tags of the model's catalogue entry,
 * else in {@code reasoning_content}.
 */
public final class OpenAiChat implements FamilyEmulator {
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool");
    private static final Map<String, ToolChoice> CHOICES =
            Map.of("auto", ToolChoice.AUTO, "required", ToolChoice.ANY, "none", ToolChoice.NONE);
    /** 2026-01-01T00:00:00Z in seconds: the same question has the same answer. */
    private static final long CREATED = 1_767_225_600;

    private static final String BEDROCK_TAG = "<reasoning>";

    @Override
    public String format() {
        return "openai-chat";
    }

    @Override
    public Conversation read(JsonNode body, Model model) {
        return read(body, model, false);
    }

    @Override
    public Conversation readForStream(JsonNode body, Model model) {
        return read(body, model, true);
    }

    private static Conversation read(JsonNode body, Model model, boolean streamed) {
        OpenAiFields.check(body, model, streamed);
        JsonNode messages = body.get("messages");
        new ChatMessages(ChatWords.PARSER, ROLES, model).check(messages);
        if ("mistral".equals(model.vendor())) {
            ChatMessages.checkOrder(messages);
        } else {
            ChatMessages.checkResults(messages);
        }
        ChatTools tools = new ChatTools(ChatWords.PARSER, CHOICES, model);
        tools.check(body);
        return new Conversation(
                ChatMessages.system(messages),
                ChatMessages.turns(messages),
                OpenAiFields.maxTokens(body, model),
                ChatReplies.stops(body.path("stop")),
                tools.forced(body),
                Optional.ofNullable(
                        body.path("response_format").path("json_schema").get("schema")),
                model.rules().thinkingDefault(),
                ChatMessages.inputTokens(body, model));
    }

    @Override
    public ObjectNode write(Answer answer, Conversation conversation, Model model) {
        String seed = model.id() + conversation + answer;
        ObjectNode reply = Json.object()
                .put("id", Ids.of("chatcmpl-", seed))
                .put("object", "chat.completion")
                .put("created", CREATED)
                .put("model", model.id());
        ObjectNode choice = ChatReplies.choice(reply);
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        writeContent(message, answer, model.rules().reasoningTags());
        ChatReplies.writeCalls(message, answer, Ids.of("call_", seed), true);
        choice.put("finish_reason", ChatReplies.stopWord(answer));
        ChatReplies.writeUsage(reply, conversation, answer);
        return reply;
    }

    @Override
    public List<StreamPart> stream(ObjectNode reply) {
        return ChatStream.of(reply, "finish_reason", false);
    }

    private static void writeContent(ObjectNode message, Answer answer, List<String> tags) {
        if (answer.thinking().isEmpty() || tags.isEmpty()) {
            message.put("content", answer.text().orElse(null));
            answer.thinking().ifPresent(thought -> message.put("reasoning_content", thought));
            return;
        }
        String open = tags.get(0);
        boolean cutOff = answer.text().isEmpty() && answer.stop() == Answer.Stop.MAX_TOKENS;
        // Bedrock wraps the reasoning of gpt-oss itself; other models write their tags, and a blank line after them.
        String after = cutOff ? "" : tags.get(1) + (BEDROCK_TAG.equals(open) ? "" : "\n\n");
        message.put(
                "content",
                open + answer.thinking().get() + after + answer.text().orElse(""));
    }
}
