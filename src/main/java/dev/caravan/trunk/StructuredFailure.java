package dev.caravan.trunk;

import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.SchemaViolation;
import dev.caravan.model.Model;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What is said of a structured request that ends without a valid answer. */
final class StructuredFailure {
    /** Models' own words for a conversation that left no room for the answer: Claude's and Converse's, Cohere's. */
    private static final Set<String> CONTEXT_FULL = Set.of("model_context_window_exceeded", "error_limit");

    private StructuredFailure() {}

    /** No answer was valid. */
    static LlmException invalid(TrunkCall call, ModelAnswer answer) {
        StructuredCall structured = call.structured();
        int answers = structured.answers().size();
        return failure(
                        call,
                        "The model's answer is not valid against the schema, after " + answers
                                + (answers == 1 ? " answer" : " answers") + " (max_repairs " + structured.maxRepairs()
                                + ").",
                        answer.found().errors())
                .build();
    }

    /** The model refused, or its answer was withheld. */
    static LlmException refused(TrunkCall call) {
        StopReason reason = call.reply().stopReason();
        String why = "The model gave no answer of its own: " + reason.word() + ". It is not asked again.";
        return failure(call, why, List.of(new SchemaViolation("", reason.word(), why)))
                .build();
    }

    /** A stop sequence cut the answer off: it would do so again. */
    static LlmException stopped(TrunkCall call) {
        String why = "The answer was cut off by a stop sequence, and is not asked again, as it would be met again:"
                + " leave stop out, or choose one that JSON cannot contain.";
        return failure(call, why, List.of(new SchemaViolation("", StopReason.STOP_SEQUENCE.word(), why)))
                .build();
    }

    /** The answer was cut off by max tokens, or by the end of the context window. */
    static LlmException truncated(TrunkCall call, ModelAnswer answer) {
        String raw = call.reply().stopReasonRaw();
        boolean full = raw != null && CONTEXT_FULL.contains(raw.toLowerCase(Locale.ROOT));
        String why = full ? contextFull(call, raw) : maxTokens(call);
        List<SchemaViolation> errors = answer.found().errors();
        return failure(
                        call,
                        why,
                        errors.isEmpty() ? List.of(new SchemaViolation("", StopReason.MAX_TOKENS.word(), why)) : errors)
                .truncated(true)
                .build();
    }

    private static String contextFull(TrunkCall call, String raw) {
        return "The answer was cut off (" + raw + "), and is not asked again: the conversation is too long for "
                + call.resolved().model().id() + " to answer; shorten it, or choose a model with a larger context"
                + " window.";
    }

    private static String maxTokens(TrunkCall call) {
        Integer given = call.request().maxTokens();
        Model model = call.resolved().model();
        String what = "The answer was cut off by max_tokens" + (given == null ? "" : ", which is " + given)
                + ", and is not asked again: ";
        int most = model.maxOutputTokens().orElse(Integer.MAX_VALUE);
        // Without max_tokens the model's own limit was met.
        if (given == null && most < Integer.MAX_VALUE || given != null && given >= most) {
            return what + "that is all that " + model.id()
                    + " gives; ask for less, or choose a model with a larger limit.";
        }
        String limit = most == Integer.MAX_VALUE ? "" : " (" + model.id() + " takes up to " + most + ")";
        return what + "raise max_tokens" + limit + ", or ask for less.";
    }

    private static LlmException.Builder failure(TrunkCall call, String message, List<SchemaViolation> errors) {
        return withPaid(LlmException.builder(ErrorKind.STRUCTURED_OUTPUT_INVALID, message), call)
                .errors(errors)
                .attempts(call.attempts());
    }

    /** What the caller has paid for so far. */
    static LlmException.Builder withPaid(LlmException.Builder failure, TrunkCall call) {
        failure.usage(call.usage().equals(Usage.UNKNOWN) ? null : call.usage());
        if (call.structured() != null) {
            failure.raw(call.structured().raw());
        }
        return failure;
    }
}
