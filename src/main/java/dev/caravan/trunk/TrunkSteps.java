package dev.caravan.trunk;

import dev.caravan.chat.LlmReply;
import dev.caravan.config.Settings;
import dev.caravan.format.FormatReply;
import dev.caravan.format.ModelFormats;
import dev.caravan.model.Model;
import dev.caravan.model.ModelResolver;
import dev.caravan.model.ResolvedModel;
import dev.caravan.provider.bedrock.BedrockProvider;
import dev.caravan.runtime.Cancellation;
import dev.caravan.runtime.Workers;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of the trunk's routes with what they need. */
final class TrunkSteps {
    private static final Logger LOG = LoggerFactory.getLogger(TrunkSteps.class);

    private final Settings settings;
    private final ModelResolver resolver;
    private final ParameterRules parameterRules;
    private final BedrockProvider provider;
    private final LongSupplier nanoTime;
    private final AdmissionLedger ledger;
    private final RetryDecision retryDecision;
    private final PermitWait permitWait;
    private final WorkerHop workerHop;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    TrunkSteps(
            Settings settings,
            ModelResolver resolver,
            BedrockProvider provider,
            Workers workers,
            ScheduledExecutorService scheduler,
            LongSupplier nanoTime,
            DoubleSupplier random) {
        this.settings = settings;
        this.resolver = resolver;
        this.parameterRules = new ParameterRules(settings);
        this.provider = provider;
        this.nanoTime = nanoTime;
        Settings.RateLimit limit = settings.rateLimit();
        this.ledger = limit.requests() == 0
                ? AdmissionLedger.UNLIMITED
                : new RollingLedger(limit.requests(), limit.window(), nanoTime);
        this.retryDecision = new RetryDecision(settings.retry(), new Backoff(settings.retry(), random), ledger);
        this.permitWait = new PermitWait(ledger, scheduler);
        this.workerHop = new WorkerHop(workers);
    }

    /** Begins a call of the request in the body. */
    void takeRequest(Exchange exchange) {
        String id = exchange.getProperty(ExchangeKeys.REQUEST_ID, String.class);
        Cancellation cancellation = exchange.getProperty(ExchangeKeys.CANCELLATION, Cancellation.class);
        TrunkCall call = new TrunkCall(
                id == null ? exchange.getExchangeId() : id,
                cancellation == null ? new Cancellation() : cancellation,
                settings.timeout().total(),
                nanoTime);
        exchange.setProperty(ExchangeKeys.CALL, call);
        call.request(RequestIntake.read(exchange));
    }

    void resolveModel(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        ResolvedModel resolved = resolver.resolve(call.request().model());
        call.resolved(resolved, ModelFormats.of(resolved.model()));
        warnOfAge(resolved.model());
    }

    /** A retired model is called all the same: AWS's word counts, not the catalogue's. */
    private void warnOfAge(Model model) {
        Model.Status status = model.lifecycle().status();
        boolean old = status == Model.Status.RETIRED || status == Model.Status.LEGACY;
        if (old && warned.add(model.id())) {
            LOG.warn(
                    "{} is {} according to Caravan's catalogue{}",
                    model.id(),
                    status == Model.Status.RETIRED ? "retired" : "legacy",
                    model.lifecycle()
                            .successor()
                            .map(successor -> "; its successor is " + successor)
                            .orElse(""));
        }
    }

    void checkParameters(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        call.request(parameterRules.apply(call.request(), call.resolved().model()));
    }

    /** The reply, with what all attempts cost. */
    void account(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        FormatReply reply = call.reply();
        exchange.getMessage()
                .setBody(new LlmReply(
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
                        call.elapsed(),
                        provider.emulated()));
    }

    AdmissionLedger ledger() {
        return ledger;
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

    AttemptFailure attemptFailure() {
        return new AttemptFailure(ledger);
    }
}
