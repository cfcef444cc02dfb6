package dev.caravan.trunk;

import dev.caravan.dialect.Problem;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import dev.caravan.model.ModelResolver;
import dev.caravan.model.UnknownModels;
import dev.caravan.provider.bedrock.BedrockErrors;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.processor.ThrottlerRejectedExecutionException;

/**
 * Turns whatever ended an attempt into one row of the error table, with what the call knows, and throws it; a refused
 * schema is noted instead, for there is another way to ask.
 */
final class AttemptFailure implements Processor {
    private final PermitLine line;
    private final ModelResolver resolver;

    AttemptFailure(PermitLine line, ModelResolver resolver) {
        this.line = line;
        this.resolver = resolver;
    }

    @Override
    public void process(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        LlmException failure = StructuredFailure.withPaid(translate(call, thrown), call)
                .attempts(call.attempts())
                .build();
        call.clock().upstreamEnds();
        if (!(thrown instanceof ThrottlerRejectedExecutionException)) {
            line.leave(call.place());
        }
        if (PlanSteps.isRefusal(call, failure)) {
            // No failure of the request yet. Thrown through the redelivery, it would leave marks that end all retries.
            call.lastFailure(null);
            call.structured().refusal(failure);
            return;
        }
        call.lastFailure(failure);
        throw failure;
    }

    private LlmException.Builder translate(TrunkCall call, Throwable thrown) {
        if (thrown instanceof ThrottlerRejectedExecutionException) {
            return limited(call);
        }
        if (call.cancellation().isCancelled()) {
            return AttemptSteps.notWanted(call.cancellation()).toBuilder();
        }
        return withSuccessor(known(call, thrown), call);
    }

    /** What the paid call threw is the provider's failure; anything else is a bug of ours. */
    private static LlmException known(TrunkCall call, Throwable thrown) {
        if (thrown instanceof LlmException known) {
            return known;
        }
        return call.clock().inUpstreamCall() ? BedrockErrors.toLlm(thrown) : Problem.visible(thrown);
    }

    private LlmException.Builder limited(TrunkCall call) {
        String providerCode =
                call.lastFailure() == null ? null : call.lastFailure().providerCode();
        return LlmException.builder(
                        ErrorKind.RATE_LIMITED,
                        "Caravan's own limit of upstream calls is used up (caravan.rate-limit.requests).")
                .retryAfter(line.refuse())
                .providerCode(providerCode);
    }

    /** AWS hides which model to use instead of a retired one, and which name was meant by a wrong one. */
    private LlmException.Builder withSuccessor(LlmException failure, TrunkCall call) {
        if (failure.kind() != ErrorKind.MODEL_NOT_FOUND || call.resolved() == null) {
            return failure.toBuilder();
        }
        Model model = call.resolved().model();
        if (UnknownModels.isUnknown(model)) {
            List<String> names = resolver.nearest(call.resolved().callId());
            String known = names.isEmpty() ? "" : " Nearest: " + String.join(", ", names) + ".";
            return failure.toBuilder(failure.getMessage() + " The model is not in Caravan's catalogue." + known);
        }
        return model.lifecycle()
                .successor()
                .map(successor -> failure.toBuilder(failure.getMessage() + " " + model.id() + " is "
                        + model.lifecycle().status().word()
                        + " in Caravan's catalogue; its successor is " + successor + "."))
                .orElseGet(failure::toBuilder);
    }
}
