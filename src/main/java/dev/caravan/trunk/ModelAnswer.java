package dev.caravan.trunk;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.StopReason;
import dev.caravan.error.SchemaViolation;
import dev.caravan.format.FormatReply;
import dev.caravan.format.UnreadCall;
import dev.caravan.structured.AnswerReader;
import dev.caravan.structured.CompiledSchema;
import dev.caravan.structured.Found;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One answer of a model to a structured request.
 *
 * <p>An answer that ended before the model was done (by max tokens, by a stop sequence, for a reason that is not known) is
 * not mended, and a number or a tool's input of it is not taken: the number 123 that was cut off is the number 12, and
 * what a provider hands over of an input that was cut off is an object all the same.
 *
 * @param found what is in it
 * @param raw the answer as text: as the model wrote it, or the JSON text of its tool's input
 * @param call the tool's call by which it answered; null when it answered in words
 * @param unread the tool's call whose input is no sound object, so that its text was read as words; null when there is none
 * @param cutBy what ended it before it was whole: MAX_TOKENS, STOP_SEQUENCE or OTHER; null when nothing did
 */
record ModelAnswer(Found found, String raw, Block.ToolUse call, UnreadCall unread, StopReason cutBy) {
    private static final Set<StopReason> CUTS =
            EnumSet.of(StopReason.MAX_TOKENS, StopReason.STOP_SEQUENCE, StopReason.OTHER);
    private static final String JSON = "json";

    static ModelAnswer of(FormatReply reply, AnswerPlan plan, CompiledSchema schema) {
        List<Block.ToolUse> calls = plan.callsIn(reply);
        return calls.isEmpty() ? words(reply, plan, schema) : byTool(reply, calls, plan, schema);
    }

    private static ModelAnswer words(FormatReply reply, AnswerPlan plan, CompiledSchema schema) {
        boolean cut = CUTS.contains(reply.stopReason());
        Found found = AnswerReader.read(reply.text(), schema, cut);
        boolean ended = found.valid() ? !found.data().isNumber() : sound(found);
        // By a stop sequence an answer may be ended on purpose, so one that is whole may be wrong like any other.
        boolean whole = reply.stopReason() == StopReason.STOP_SEQUENCE ? ended : ended && found.valid();
        return answer(reply, found, raw(reply, plan), null, plan.unreadIn(reply), whole);
    }

    /** Whether what was found is JSON, even if it does not fit. */
    private static boolean sound(Found found) {
        return found.errors().stream().noneMatch(error -> error.keyword().equals(JSON));
    }

    /** Of several calls the last one that fits counts, as of several values in words. */
    private static ModelAnswer byTool(
            FormatReply reply, List<Block.ToolUse> calls, AnswerPlan plan, CompiledSchema schema) {
        ModelAnswer last = null;
        for (int i = calls.size() - 1; i >= 0; i--) {
            JsonNode data = plan.tool().unwrap(calls.get(i).input());
            Found found = AnswerReader.read(data, schema);
            if (!found.valid() && data.isTextual()) {
                // Some models write the JSON of the answer as a string.
                Found inside = AnswerReader.read(data.textValue(), schema, CUTS.contains(reply.stopReason()));
                found = inside.valid() ? inside : found;
            }
            ModelAnswer answer = answer(reply, found, text(data), calls.get(i), null, false);
            if (found.valid()) {
                return answer;
            }
            last = last == null ? answer : last;
        }
        return last;
    }

    /** @param whole whether it is known to be whole however it ended */
    private static ModelAnswer answer(
            FormatReply reply, Found found, String raw, Block.ToolUse call, UnreadCall unread, boolean whole) {
        if (whole || !isCut(reply)) {
            return new ModelAnswer(found, raw, call, unread, null);
        }
        Found nothing = found;
        if (found.valid() && reply.stopReason() == StopReason.OTHER) {
            String why = "It ended before it was whole: " + reply.stopReasonRaw() + ".";
            nothing = new Found(null, false, List.of(new SchemaViolation("", JSON, why)));
        }
        return new ModelAnswer(nothing, raw, call, unread, reply.stopReason());
    }

    /** A reply without any word for its end says nothing against its being whole. */
    private static boolean isCut(FormatReply reply) {
        return CUTS.contains(reply.stopReason())
                && (reply.stopReason() != StopReason.OTHER || reply.stopReasonRaw() != null);
    }

    /** An answer as text, before anything is known of it. */
    static String raw(FormatReply reply, AnswerPlan plan) {
        List<Block.ToolUse> calls = plan.callsIn(reply);
        return calls.isEmpty()
                ? reply.text()
                : text(plan.tool().unwrap(calls.get(calls.size() - 1).input()));
    }

    private static String text(JsonNode data) {
        return data.isTextual() ? data.textValue() : data.toString();
    }

    /** Whether max tokens cut it off. */
    boolean truncated() {
        return cutBy == StopReason.MAX_TOKENS;
    }

    /** Whether a stop sequence cut it off. */
    boolean stopped() {
        return cutBy == StopReason.STOP_SEQUENCE;
    }

    /** The answer that is taken, as the reply tells it: our own tool is no matter of the caller's. */
    FormatReply taken(FormatReply reply) {
        return new FormatReply(
                call == null ? reply.text() : found.data().toString(),
                reply.reasoning(),
                List.of(),
                reply.stopReason() == StopReason.TOOL_USE ? StopReason.END_TURN : reply.stopReason(),
                reply.stopReasonRaw(),
                reply.usage());
    }
}
