package dev.caravan.trunk;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.StreamStart;
import dev.caravan.chat.Usage;
import dev.caravan.config.Settings;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.format.FormatReply;
import dev.caravan.format.ModelFormats;
import dev.caravan.model.ModelResolver;
import dev.caravan.model.ResolvedModel;
import dev.caravan.provider.bedrock.BedrockProvider;
import dev.caravan.runtime.Texts;
import dev.caravan.runtime.Workers;
import dev.caravan.structured.Schemas;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;

/** The steps of the trunk's routes with what they need. */
final class TrunkSteps {
    private static final int MAX_NAME = 64;

    private final ModelResolver resolver;
    private final ParameterRules parameterRules;
    private final BedrockProvider provider;
    private final PermitLine line;
    private final RetryDecision retryDecision;
    private final PermitWait permitWait;
    private final WorkerHop workerHop;
    private final TakeRequest takeRequest;
    private final TakeRequest takeStructured;
    private final StructuredSteps structured;
    private final ActiveCalls activeCalls = new ActiveCalls();
    private final ModelWarnings warnings = new ModelWarnings();
    private final PlanSteps plan;
    private final ConverseCall converseCall;
    private final StreamCall streamCall;

    TrunkSteps(
            Settings settings,
            ModelResolver resolver,
            BedrockProvider provider,
            Workers workers,
            WaitScheduler scheduler,
            LongSupplier nanoTime,
            DoubleSupplier random) {
        this.resolver = resolver;
        this.parameterRules = new ParameterRules(settings);
        this.provider = provider;
        this.takeRequest = new TakeRequest(activeCalls, settings.timeout().total(), nanoTime, false);
        this.takeStructured = new TakeRequest(activeCalls, settings.timeout().total(), nanoTime, true);
        this.structured =
                new StructuredSteps(settings.schemasDir().map(Schemas::open).orElseGet(Schemas::shipped));
        this.plan = new PlanSteps(warnings, nanoTime);
        Settings.RateLimit limit = settings.rateLimit();
        AdmissionLedger ledger = limit.requests() == 0
                ? AdmissionLedger.UNLIMITED
                : new RollingLedger(limit.requests(), limit.window(), nanoTime);
        this.line = new PermitLine(ledger, PermitLine.Share.of(limit.requests(), limit.window()), scheduler, nanoTime);
        this.retryDecision =
                new RetryDecision(settings.retry(), new Backoff(settings.retry(), random), line, scheduler);
        this.permitWait = new PermitWait(line);
        this.workerHop = new WorkerHop(workers);
        this.converseCall = new ConverseCall(provider.wire(), workers);
        this.streamCall = new StreamCall(provider.wire(), workers, settings.timeout(), HeldAnswers.forHeap());
    }

    void resolveModel(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        ResolvedModel resolved = resolver.resolve(call.request().model());
        call.resolved(resolved, ModelFormats.of(resolved.model(), call.request()));
        warnings.of(resolved.model());
        if (call.outlet() != null) {
            call.outlet().start(new StreamStart(call.id(), resolved.callId(), provider.name(), provider.emulated()));
        }
    }

    void checkParameters(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        call.request(parameterRules.apply(call.request(), call.resolved().model()));
    }

    /** A call that nobody can read is no answer. What is asked for valid answers sends it back instead. */
    void requireReadableCalls(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        FormatReply reply = call.reply();
        if (!reply.unreadCalls().isEmpty()) {
            String cut = reply.stopReason() == StopReason.MAX_TOKENS ? "; max_tokens cut it off" : "";
            throw LlmException.builder(
                            ErrorKind.PROVIDER_ERROR,
                            "The model called the tool '"
                                    + Texts.shorten(reply.unreadCalls().get(0).name(), MAX_NAME)
                                    + "' with arguments that cannot be read as a JSON object" + cut + ".")
                    .usage(call.usage().equals(Usage.UNKNOWN) ? null : call.usage())
                    .attempts(call.attempts())
                    .build();
        }
    }

    /** The reply, with what all attempts cost. */
    void account(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        StructuredCall checked = call.structured();
        FormatReply reply = checked == null ? call.reply() : checked.taken();
        beginStream(call);
        call.before().restoreMarks(exchange);
        LlmReply given = new LlmReply(
                call.id(),
                call.resolved().callId(),
                provider.name(),
                provider.region(),
                reply.text(),
                reply.reasoning(),
                reply.stopReason(),
                reply.stopReasonRaw(),
                call.usage(),
                call.attempts(),
                call.clock().elapsed(),
                provider.emulated(),
                reply.toolCalls(),
                checked == null ? null : checked.data(),
                checked == null ? null : checked.validation());
        exchange.getMessage().setBody(given);
        if (exchange.getProperty(ExchangeKeys.REPLY_LISTENER) instanceof ReplyListener listener) {
            listener.replied(given);
        }
    }

    /** An answer without parts begins, too. */
    private static void beginStream(TrunkCall call) {
        if (call.outlet() == null) {
            return;
        }
        try {
            call.outlet().begin();
        } catch (LlmException e) {
            throw StructuredFailure.withPaid(e.toBuilder(), call)
                    .attempts(call.attempts())
                    .build();
        }
    }

    BedrockProvider provider() {
        return provider;
    }

    ActiveCalls activeCalls() {
        return activeCalls;
    }

    TakeRequest takeRequest() {
        return takeRequest;
    }

    TakeRequest takeStructured() {
        return takeStructured;
    }

    StructuredSteps structured() {
        return structured;
    }

    PlanSteps plan() {
        return plan;
    }

    PermitLine line() {
        return line;
    }

    void noteAdmission(Exchange exchange) {
        line.admitted(TrunkCall.of(exchange).place());
    }

    RetryDecision retryDecision() {
        return retryDecision;
    }

    PermitWait permitWait() {
        return permitWait;
    }

    WorkerHop workerHop() {
        return workerHop;
    }

    ConverseCall converseCall() {
        return converseCall;
    }

    StreamCall streamCall() {
        return streamCall;
    }

    AttemptFailure attemptFailure() {
        return new AttemptFailure(line, resolver);
    }
}
