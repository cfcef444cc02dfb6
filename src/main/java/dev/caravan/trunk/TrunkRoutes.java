package dev.caravan.trunk;

import dev.caravan.config.Settings;
import dev.caravan.error.LlmException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.TryDefinition;

/**
 * The trunk as routes. {@code direct:caravan-generate} is the whole way of a request; {@code
 * direct:caravan-structured} is that of a request whose answer is valid against a schema: it sends an invalid answer
 * back to the model, and asks in another way when the provider refuses the schema; {@code direct:caravan-answer} gets one
 * answer of the model, with retries; {@code direct:caravan-attempt} is the part that redelivery repeats as one: format,
 * throttle, paid call, reading.
 *
 * <p>A redelivery repeats only its failed step, so throttle and call stand in a route of their own without an
 * error handler, one level below the redelivery: a throttle beside the call would be skipped by retries.
 */
final class TrunkRoutes extends RouteBuilder {
    static final String GENERATE = "direct:caravan-generate";
    static final String STRUCTURED = "direct:caravan-structured";
    static final String BEDROCK = "caravan-bedrock";
    static final String ANSWER = "direct:caravan-answer";
    static final String ATTEMPT = "direct:caravan-attempt";
    /** With a colon, which no host will have in a route id by chance: Camel replaces a route of the same id silently. */
    static final String GENERATE_ID = "caravan:generate";

    static final String STRUCTURED_ID = "caravan:structured";
    static final String ANSWER_ID = "caravan:answer";
    static final String ATTEMPT_ID = "caravan:attempt";

    private final Settings settings;
    private final TrunkSteps steps;
    private final WaitScheduler scheduler;

    TrunkRoutes(Settings settings, TrunkSteps steps, WaitScheduler scheduler) {
        this.settings = settings;
        this.steps = steps;
        this.scheduler = scheduler;
    }

    @Override
    public void configure() {
        generate();
        structured();
        answer();
        attempt();
    }

    private void generate() {
        from(GENERATE)
                .routeId(GENERATE_ID)
                .routePolicy(new RestoreAfterFailure())
                .errorHandler(noErrorHandler())
                .process(steps.takeRequest())
                .id("caravan-take-request")
                .process(steps::resolveModel)
                .id("caravan-resolve-model")
                .process(steps::checkParameters)
                .id("caravan-check-parameters")
                .to(ANSWER)
                .id("caravan-answer")
                .process(steps::requireReadableCalls)
                .id("caravan-require-readable-calls")
                .process(steps::account)
                .id("caravan-account");
    }

    private void structured() {
        from(STRUCTURED)
                .routeId(STRUCTURED_ID)
                .routePolicy(new RestoreAfterFailure())
                .errorHandler(noErrorHandler())
                .process(steps.takeStructured())
                .id("caravan-take-structured")
                .process(steps.structured()::compileSchema)
                .id("caravan-compile-schema")
                .process(steps::resolveModel)
                .id("caravan-structured-resolve-model")
                .process(steps::checkParameters)
                .id("caravan-structured-check-parameters")
                .process(steps.plan()::planAnswer)
                .id("caravan-plan-answer")
                .loopDoWhile(steps.structured()::pending)
                .id("caravan-ask-until-valid")
                .to(ANSWER)
                .id("caravan-structured-answer")
                .choice()
                .when(steps.plan()::isRefused)
                .process(steps.plan()::stepDown)
                .id("caravan-step-down")
                .otherwise()
                .process(steps.structured()::checkAnswer)
                .id("caravan-check-answer")
                .end()
                .end()
                .process(steps::account)
                .id("caravan-structured-account");
    }

    private void answer() {
        from(ANSWER)
                .routeId(ANSWER_ID)
                // Camel's own redelivery pool refuses more than 1000 waiting exchanges.
                .errorHandler(defaultErrorHandler()
                        .executorService(scheduler)
                        .logExhausted(false)
                        .logStackTrace(false))
                .onException(LlmException.class)
                .onExceptionOccurred(steps.retryDecision())
                .retryWhile(steps.retryDecision())
                .asyncDelayedRedelivery()
                .logExhausted(false)
                .logStackTrace(false)
                .logRetryAttempted(false)
                .end()
                .to(ATTEMPT)
                .id("caravan-attempt-with-retries");
    }

    private void attempt() {
        TryDefinition attempt =
                from(ATTEMPT).routeId(ATTEMPT_ID).errorHandler(noErrorHandler()).doTry();
        Settings.RateLimit limit = settings.rateLimit();
        if (limit.requests() > 0) {
            attempt.process(steps.permitWait()).id("caravan-wait-for-permit");
        }
        attempt.process(steps.workerHop())
                .id("caravan-to-worker")
                .process(AttemptSteps::requireWanted)
                .id("caravan-require-wanted")
                .process(exchange -> steps.provider().ensureIdentity())
                .id("caravan-resolve-identity")
                .process(AttemptSteps::writeFormat)
                .id("caravan-write-format");
        if (limit.requests() > 0) {
            attempt.throttle(limit.requests())
                    .timePeriodMillis(limit.window().toMillis())
                    .rejectExecution(true)
                    .executorService(scheduler)
                    .id("caravan-throttle")
                    .process(steps::noteAdmission)
                    .id("caravan-note-admission");
        }
        attempt.process(AttemptSteps::beginCall)
                .id("caravan-begin-call")
                .choice()
                .when(AttemptSteps::isStream)
                .process(steps.streamCall())
                .id("caravan-stream")
                .when(AttemptSteps::isConverse)
                .process(steps.converseCall())
                .id("caravan-converse")
                .otherwise()
                .to(BEDROCK + ":invoke?operation=invokeEmbeddingsModel&pojoRequest=true")
                .id("caravan-invoke-model");
        attempt.process(AttemptSteps::readReply)
                .id("caravan-read-reply")
                .doCatch(Throwable.class)
                .process(steps.attemptFailure())
                .id("caravan-attempt-failure")
                .end();
    }
}
