package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.List;

/**
 * The body that all Llama models share on InvokeModel. It has no stop sequences, so the answer is cut here; the model's
 * own word for its end stays.
 *
 * <p>Source: Amazon Bedrock user guide, "Meta Llama models". {@code max_gen_len} is 1 to 2048. An imported model may
 * answer as a {@link TextCompletion}.
 */
final class LlamaBody {

    private LlamaBody() {}

    static byte[] write(String prompt, LlmRequest request) {
        ObjectNode body = Json.object();
        body.put("prompt", prompt);
        PromptBody.maxTokens(request, body, "max_gen_len");
        PromptBody.sampling(request, body, "top_p");
        return Json.write(body);
    }

    static FormatReply read(WireReply wire, List<String> endTokens) {
        return ReplyReading.read(
                wire, LlamaBody::usage, (reply, usage) -> content(reply, usage, wire.request(), endTokens));
    }

    static ReplyStream stream(ModelFormat format, LlmRequest request, Model model, List<String> endTokens) {
        return new PromptStream.Builder(PromptChunks.LLAMA, LlamaBody::usage)
                .endTokens(endTokens)
                .stop(request.stop())
                .calls(request)
                .open(format, request, model);
    }

    private static FormatReply content(JsonNode reply, Usage usage, LlmRequest asked, List<String> endTokens) {
        TextCompletion completion = TextCompletion.is(reply) ? TextCompletion.of(reply) : generation(reply);
        String raw = completion.stopReason();
        PromptAnswer whole = new PromptAnswer(
                PromptAnswer.trimmed(completion.text(), endTokens),
                PromptAnswer.stopReason(raw, TextCompletion.STOP_REASONS, reply));
        LlamaToolCalls calls = LlamaToolCalls.find(whole.text(), asked);
        if (!calls.calls().isEmpty() && whole.stopReason() != StopReason.GUARDRAIL_INTERVENED) {
            PromptAnswer before = new PromptAnswer(calls.before(), StopReason.TOOL_USE);
            return reply(before, calls.calls(), raw, usage);
        }
        return reply(whole.cutAt(asked.stop()), List.of(), raw, usage);
    }

    private static Usage usage(JsonNode reply, Usage counted) {
        if (TextCompletion.is(reply)) {
            return TextCompletion.usage(reply, counted);
        }
        return new Usage(
                ReplyReading.count(reply.path("prompt_token_count"), counted.inputTokens()),
                ReplyReading.count(reply.path("generation_token_count"), counted.outputTokens()),
                counted.cacheReadTokens(),
                counted.cacheWriteTokens());
    }

    private static TextCompletion generation(JsonNode reply) {
        return new TextCompletion(
                PromptAnswer.required(reply.path("generation"), "generation"),
                reply.path("stop_reason").textValue());
    }

    private static FormatReply reply(PromptAnswer answer, List<Block.ToolUse> calls, String raw, Usage usage) {
        ReplyReading.requireContent(answer.text(), answer.stopReason());
        return new FormatReply(answer.text(), null, calls, answer.stopReason(), raw, usage);
    }
}
