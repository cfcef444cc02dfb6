package dev.caravan.trunk;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Validation.Mode;
import dev.caravan.error.LlmException;
import dev.caravan.format.ModelFormats;
import dev.caravan.model.Model;
import dev.caravan.provider.bedrock.SchemaRefusal;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;

/** Chooses the way to JSON, and the next one when the provider refuses the schema. */
final class PlanSteps {
    private final NativeRefusals refusals;
    private final ModelWarnings warnings;

    PlanSteps(ModelWarnings warnings, LongSupplier nanoTime) {
        this.warnings = warnings;
        this.refusals = new NativeRefusals(nanoTime);
    }

    /** Chooses the way to JSON, and with it the format. */
    void planAnswer(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        JsonNode schema = call.structured().schema().source();
        Model model = call.resolved().model();
        boolean refused = refusals.has(call.resolved().callId());
        take(
                call,
                refused
                        ? AnswerPlan.withoutNative(call.request(), schema, model)
                        : AnswerPlan.of(call.request(), schema, model));
    }

    /** Whether a failure says that the schema was refused which the request said natively. */
    static boolean isRefusal(TrunkCall call, LlmException failure) {
        return call.structured() != null
                && !call.hasGivenParts()
                && call.structured().plan().mode() == Mode.NATIVE
                && SchemaRefusal.of(failure).isPresent();
    }

    /** Whether the last call ended by such a failure. */
    boolean isRefused(Exchange exchange) {
        return TrunkCall.of(exchange).structured().refusal() != null;
    }

    /** Goes on with the next way, from the request as it was asked; an answer that was sent back is so once more. */
    void stepDown(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        StructuredCall structured = call.structured();
        LlmException refusal = structured.refusal();
        Model model = call.resolved().model();
        AnswerPlan next = AnswerPlan.withoutNative(
                structured.plan().request(), structured.schema().source(), model);
        boolean parameter = SchemaRefusal.of(refusal).orElseThrow() == SchemaRefusal.PARAMETER;
        if (parameter) {
            refusals.add(call.resolved().callId());
        }
        warnings.steppedDown(call.resolved().callId(), next.mode(), parameter);
        take(call, next);
        if (structured.sentBack() != null) {
            call.request(ReAsk.of(next, structured.sentBack()));
        }
    }

    private static void take(TrunkCall call, AnswerPlan plan) {
        call.structured().plan(plan);
        call.request(plan.request());
        call.resolved(call.resolved(), ModelFormats.of(call.resolved().model(), plan.request()));
    }
}
