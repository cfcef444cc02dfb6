package dev.caravan.trunk;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.error.SchemaViolation;
import dev.caravan.format.UnreadCall;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Nesting;
import dev.caravan.runtime.Texts;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Sends an invalid answer back to the model: the conversation as the caller gave it, the answer, and what is wrong with
 * it. Of earlier invalid answers nothing is repeated.
 */
final class ReAsk {
    private static final int MAX_REASON = 400;

    /** Services read 1,000 levels, and the body has some around an input. */
    private static final int MAX_DEPTH = 900;

    private ReAsk() {}

    static LlmRequest of(AnswerPlan plan, ModelAnswer answer) {
        LlmRequest.Builder request = plan.request().toBuilder();
        Block.ToolUse call = answer.call();
        if (call != null && Nesting.isWithin(call.input(), MAX_DEPTH)) {
            return withResult(request, call, reasons(answer));
        }
        if (call != null) {
            Block.ToolUse empty = new Block.ToolUse(call.id(), call.name(), Json.object());
            return withoutInput(request, empty, "nested too deep", answer);
        }
        if (answer.unread() != null) {
            UnreadCall unread = answer.unread();
            return unread.input().isEmpty()
                    ? withResult(request, emptyCall(unread), "That call had no input.\n" + reasons(answer))
                    : withoutInput(request, emptyCall(unread), "no sound JSON object", answer);
        }
        if (!answer.raw().isBlank()) {
            request.message(Message.of(Role.ASSISTANT, answer.raw()));
        }
        String again = plan.tool() == null
                ? "Answer again with the whole corrected JSON only: no other words, no code fence."
                : "Call " + AnswerPlan.TOOL + " with the whole answer.";
        return request.message(Message.of(Role.USER, reasons(answer) + "\n" + again))
                .build();
    }

    private static LlmRequest withoutInput(
            LlmRequest.Builder request, Block.ToolUse call, String fault, ModelAnswer answer) {
        String seen = "The input of that call was " + fault + ", so that it is left out here. It was:\n" + answer.raw()
                + "\n\n" + reasons(answer);
        return withResult(request, call, seen);
    }

    private static Block.ToolUse emptyCall(UnreadCall unread) {
        return new Block.ToolUse(unread.id(), unread.name(), Json.object());
    }

    private static LlmRequest withResult(LlmRequest.Builder request, Block.ToolUse call, String why) {
        Block result = new Block.ToolResult(
                call.id(), why + "\nCall " + AnswerPlan.TOOL + " again with the whole answer.", true);
        return request.message(new Message(Role.ASSISTANT, List.of(call)))
                .message(new Message(Role.USER, List.of(result)))
                .build();
    }

    private static String reasons(ModelAnswer answer) {
        return answer.found().errors().stream()
                .map(ReAsk::reason)
                .collect(Collectors.joining("\n", "That answer is not valid:\n", ""));
    }

    private static String reason(SchemaViolation error) {
        String place = error.path().isEmpty() ? "the answer" : error.path();
        return Texts.shorten("- " + place + ": " + error.message(), MAX_REASON);
    }
}
