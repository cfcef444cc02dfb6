package dev.caravan.files;

import dev.caravan.chat.LlmReply;
import dev.caravan.dialect.Problem;
import dev.caravan.dialect.ReplyWriter;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.observe.CallFacts;
import dev.caravan.observe.FinishedRequest;
import dev.caravan.runtime.Cancellation;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.TypesOnly;
import dev.caravan.trunk.ExchangeKeys;
import dev.caravan.trunk.ReplyListener;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job while it is worked at, as the property {@value #PROPERTY} of its exchange. Once a step fails that
 * comes behind its outcome, later steps do nothing: the door does the rest, and tries again. Used by one thread at a time, apart from {@link
 * #cancel()}.
 */
final class JobRun {
    /** Exchange property of the run. */
    static final String PROPERTY = "CaravanJob";

    private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);
    private static final String DOOR = "files";

    private final Job job;
    private final long startNanos;
    private final BooleanSupplier stopping;
    private final Cancellation cancellation = new Cancellation();
    private volatile Exchange exchange;
    private volatile CallFacts call;
    private LlmException failure;
    private Throwable trouble;
    private boolean again;
    /** A step of the route failed although there is an outcome; the door does the rest. */
    private boolean routeFailed;

    private volatile LlmReply answer;
    private int tries;

    /** Something that is done to the disk. */
    @FunctionalInterface
    interface DiskStep {
        void run() throws IOException;
    }

    /** @param stopping whether the door takes nothing more */
    JobRun(Job job, long startNanos, BooleanSupplier stopping) {
        this.job = job;
        this.startNanos = startNanos;
        this.stopping = stopping;
    }

    /** @throws IllegalStateException when the exchange did not come in by the folder door */
    static JobRun of(Exchange exchange) {
        JobRun run = exchange.getProperty(PROPERTY, JobRun.class);
        if (run == null) {
            throw new IllegalStateException("This step is for exchanges that come from " + InboxEndpoint.URI + ".");
        }
        return run;
    }

    Job job() {
        return job;
    }

    /** The exchange begins that asks for the job. */
    void asks(Exchange value) {
        value.setProperty(PROPERTY, this);
        value.setProperty(ExchangeKeys.REQUEST_ID, job.id());
        value.setProperty(ExchangeKeys.CANCELLATION, cancellation);
        value.setProperty(ExchangeKeys.REPLY_LISTENER, (ReplyListener) reply -> answer = reply);
        exchange = value;
    }

    /** Does a step, unless one before has failed or the job is to be asked again. */
    void step(DiskStep step) {
        if (again || routeFailed || trouble != null) {
            return;
        }
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            trouble = e;
        }
    }

    /**
     * Keeps the reply that the body is, else the one that the trunk has given.
     *
     * @throws IllegalStateException when there is neither
     */
    void keepBody(Object body) {
        if (body instanceof LlmReply reply) {
            keep(reply);
            return;
        }
        String misuse = "the body at caravanKeepReply must be the reply, not "
                + (body == null ? "nothing" : "a " + body.getClass().getSimpleName());
        if (answer == null) {
            throw new StepMisuseException(misuse);
        }
        LOG.error("Job {}: {}; the reply is written as the model gave it", job.id(), misuse);
        keep(answer);
    }

    private void keep(LlmReply reply) {
        byte[] json = Json.write(ReplyWriter.write(reply));
        step(() -> job.keepReply(json));
    }

    /** Decides what a failure means: the job has failed for good, or was cut off and is asked again later. */
    void fail(Throwable caught) {
        if (again || routeFailed) {
            return;
        }
        if (job.outcome() != Job.Outcome.NONE) {
            routeFailed = true;
            LOG.error(
                    "Job {} has its {}, but a step behind that failed{}; the rest is done without the route: {}",
                    job.id(),
                    job.outcome() == Job.Outcome.REPLY ? "answer" : "problem",
                    FailedStep.of(exchange),
                    TypesOnly.onOneLine(caught));
            return;
        }
        LlmException visible = Problem.visible(caught);
        if (isCutOff(visible) || caught instanceof RejectedExecutionException) {
            // The latter is Camel's word for a route whose stop is forced.
            again = true;
            return;
        }
        if (caught instanceof StepMisuseException) {
            LOG.error("Job {} failed{}: {}", job.id(), FailedStep.of(exchange), caught.getMessage());
        } else if (visible.kind() == ErrorKind.INTERNAL) {
            LOG.error("Job {} failed{}: {}", job.id(), FailedStep.of(exchange), TypesOnly.onOneLine(caught));
        }
        fail(visible);
    }

    private void fail(LlmException visible) {
        failure = visible;
        byte[] json = Json.write(Problem.write(visible, job.id()));
        step(() -> job.keepProblem(json));
    }

    /** Nothing else in a stop is the request's own failure: parts that it goes through may have been taken down. */
    private boolean isCutOff(LlmException visible) {
        return visible.kind() == ErrorKind.OVERLOADED
                || cancellation.isCancelled()
                || stopping.getAsBoolean() && visible.kind() == ErrorKind.INTERNAL;
    }

    /** The route is over: what it has left undone is done now, if there is an outcome. */
    void routeOver(Throwable uncaught) {
        call = call();
        if (uncaught != null) {
            fail(uncaught);
        }
        exchange = null;
        if (!again && job.outcome() == Job.Outcome.NONE) {
            endWithoutOutcome();
        }
        if (!again && trouble == null && !job.finished()) {
            complete();
        }
    }

    private void endWithoutOutcome() {
        LlmException internal = Problem.visible(null);
        if (isCutOff(internal)) {
            again = true;
            return;
        }
        LOG.error(
                "Job {}: its route ended without a result, so it has failed. A files.yaml of yours must go through"
                        + " caravanKeepReply or caravanKeepProblem",
                job.id());
        fail(internal);
    }

    /** Tries all that is still to be done; whether it is over is told by {@link Job#finished()}. */
    void complete() {
        tries++;
        try {
            job.complete();
            trouble = null;
        } catch (IOException | RuntimeException e) {
            trouble = e;
        }
    }

    /** How often {@link #complete} was called. */
    int tries() {
        return tries;
    }

    /** Why the outcome is not on disk yet; null when nothing is in the way. */
    Throwable trouble() {
        return trouble;
    }

    /** Whether it was cut off before there was an outcome. */
    boolean again() {
        return again;
    }

    /** It is not asked this time. */
    void notAsked() {
        again = true;
    }

    /** The disk fails before anything was asked. */
    void unreadable(IOException cause) {
        again = true;
        trouble = cause;
    }

    void cancel() {
        cancellation.stop();
    }

    private CallFacts call() {
        Exchange mine = exchange;
        return mine == null ? call : mine.getProperty(ExchangeKeys.CALL, CallFacts.class);
    }

    /** The finished job as a request; what a process before this one did is not known. */
    FinishedRequest finished(long nowNanos) {
        boolean answered = job.outcome() == Job.Outcome.REPLY;
        ErrorKind kind = answered ? null : kind();
        return new FinishedRequest(
                job.id(),
                DOOR,
                answered ? 200 : kind.status(),
                answered ? null : kind.code(),
                call(),
                job.file(),
                Duration.ofNanos(nowNanos - startNanos),
                null);
    }

    /** Of a job that was adopted with its problem the kept one tells it. */
    private ErrorKind kind() {
        if (failure != null) {
            return failure.kind();
        }
        String code = job.problemCode().orElse("");
        return Arrays.stream(ErrorKind.values())
                .filter(kind -> kind.code().equals(code))
                .findFirst()
                .orElse(ErrorKind.INTERNAL);
    }
}
