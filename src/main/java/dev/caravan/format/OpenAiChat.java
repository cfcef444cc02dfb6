package dev.caravan.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.List;

/**
 * OpenAI's chat completion as Bedrock's InvokeModel takes it: gpt-oss, Qwen3, DeepSeek V3, the third generation of
 * Mistral, Gemma, MiniMax, Kimi, GLM, Nemotron.
 *
 * <p>Sources: Amazon Bedrock user guide, "OpenAI models" (reasoning of gpt-oss precedes the text between
 * {@code <reasoning>} tags), the model cards (all of which send {@code max_tokens} to InvokeModel), and "Get validated
 * JSON results from models" for {@code response_format}, whose example has no {@code strict}. The model and the
 * operation stand in the URL, so {@code model} and {@code stream} are left out.
 */
public final class OpenAiChat implements ModelFormat {

    @Override
    public String name() {
        return "openai-chat";
    }

    @Override
    public boolean tools() {
        return true;
    }

    @Override
    public byte[] write(LlmRequest request, Model model) {
        OfferedTools offered = OfferedTools.of(request, model);
        ObjectNode body = Json.object();
        ChatBody.writeMessages(request, body.putArray("messages"), manner(model));
        ChatBody.writeParameters(request, body);
        ChatBody.writeTools(offered.tools(), body);
        if (offered.mode() != null) {
            writeChoice(offered, body);
        }
        if (request.responseSchema() != null) {
            ObjectNode format = body.putObject("response_format").put("type", "json_schema");
            format.putObject("json_schema").put("name", "answer").set("schema", request.responseSchema());
        }
        return Json.write(body);
    }

    /** Mistral's models keep their rule of roles whatever the body. */
    private static ChatBody.Manner manner(Model model) {
        return new ChatBody.Manner(true, "mistral".equals(model.vendor()));
    }

    private static void writeChoice(OfferedTools offered, ObjectNode body) {
        switch (offered.mode()) {
            case AUTO -> body.put("tool_choice", "auto");
            case NONE -> body.put("tool_choice", "none");
            case ANY -> body.put("tool_choice", "required");
            case TOOL ->
                body.putObject("tool_choice")
                        .put("type", "function")
                        .putObject("function")
                        .put("name", offered.name());
        }
    }

    @Override
    public FormatReply read(WireReply wire) {
        return ChoiceReading.read(wire, List.of("finish_reason", "stop_reason"));
    }

    @Override
    public ReplyStream stream(LlmRequest request, Model model) {
        return new ChoiceStream(this, request, model);
    }
}
