package dev.caravan.trunk;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.StopReason;
import dev.caravan.format.FormatReply;
import dev.caravan.structured.AnswerReader;
import dev.caravan.structured.CompiledSchema;
import dev.caravan.structured.Found;
import java.util.List;

/**
 * One answer of a model to a structured request.
 *
 * @param found what is in it
 * @param raw the answer as text: as the model wrote it, or the JSON text of its tool's input
 * @param call the tool's call by which it answered; null when it answered in words
 * @param truncated whether it was cut off by max tokens before it was whole
 */
record ModelAnswer(Found found, String raw, Block.ToolUse call, boolean truncated) {

    static ModelAnswer of(FormatReply reply, AnswerPlan plan, CompiledSchema schema) {
        boolean cut = reply.stopReason() == StopReason.MAX_TOKENS;
        Block.ToolUse call = plan.callIn(reply);
        if (call == null) {
            Found found = AnswerReader.read(reply.text(), schema, cut);
            // The number 123 that was cut off is the number 12.
            boolean whole = found.valid() && !found.repaired() && !found.data().isNumber();
            return new ModelAnswer(found, raw(reply, plan), null, cut && !whole);
        }
        JsonNode data = plan.tool().unwrap(call.input());
        Found found = AnswerReader.read(data, schema);
        if (!found.valid() && data.isTextual()) {
            // Some models write the JSON of the answer as a string.
            Found inside = AnswerReader.read(data.textValue(), schema, cut);
            found = inside.valid() ? inside : found;
        }
        // What a provider hands over of an input that was cut off is an object all the same.
        return new ModelAnswer(found, raw(reply, plan), call, cut);
    }

    /** An answer as text, before anything is known of it. */
    static String raw(FormatReply reply, AnswerPlan plan) {
        Block.ToolUse call = plan.callIn(reply);
        return call == null ? reply.text() : text(plan.tool().unwrap(call.input()));
    }

    private static String text(JsonNode data) {
        return data.isTextual() ? data.textValue() : data.toString();
    }

    /** The answer that is taken, as the reply tells it: our own tool is no matter of the caller's. */
    FormatReply taken(FormatReply reply) {
        boolean byTool = call != null;
        return new FormatReply(
                byTool ? found.data().toString() : reply.text(),
                reply.reasoning(),
                List.of(),
                byTool && reply.stopReason() == StopReason.TOOL_USE ? StopReason.END_TURN : reply.stopReason(),
                reply.stopReasonRaw(),
                reply.usage());
    }
}
