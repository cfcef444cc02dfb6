package dev.caravan.files;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.OnLimit;
import dev.caravan.error.LlmException;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.spi.Registry;

/** The steps that {@code routes/files.yaml} names. */
final class FileSteps {
    private final FileRequestReader reader;

    FileSteps(FileRequestReader reader) {
        this.reader = reader;
    }

    void bindTo(Registry registry) {
        registry.bind("caravanReadFile", (Processor) this::readFile);
        registry.bind("caravanIsStructured", new IsStructured());
        registry.bind("caravanKeepReply", (Processor) FileSteps::keepReply);
        registry.bind("caravanWriteText", (Processor) FileSteps::writeText);
        registry.bind("caravanWriteReplyFile", (Processor) FileSteps::writeReply);
        registry.bind("caravanKeepProblem", (Processor) FileSteps::keepProblem);
        registry.bind("caravanWriteProblemFile", (Processor) FileSteps::writeProblem);
        registry.bind("caravanMoveInput", (Processor) FileSteps::moveInput);
    }

    /** Body out: {@link LlmRequest}, which waits for the limit. */
    void readFile(Exchange exchange) throws IOException {
        JobRun run = JobRun.of(exchange);
        Job job = run.job();
        job.obstacle().ifPresent(why -> {
            throw LlmException.invalid(why);
        });
        try {
            LlmRequest request = reader.read(job.input(), job.extension());
            exchange.getMessage()
                    .setBody(request.toBuilder().onLimit(OnLimit.WAIT).build());
        } catch (IOException e) {
            run.unreadable(e);
            throw e;
        }
    }

    /** Body in: {@link dev.caravan.chat.LlmReply}. */
    static void keepReply(Exchange exchange) {
        JobRun.of(exchange).keepBody(exchange.getMessage().getBody());
    }

    /** Without a reply that was kept there is nothing to write, which the end of the route tells. */
    static void writeText(Exchange exchange) {
        JobRun run = JobRun.of(exchange);
        if (run.job().outcome() == Job.Outcome.REPLY) {
            run.step(run.job()::writeText);
        }
    }

    static void writeReply(Exchange exchange) {
        JobRun run = JobRun.of(exchange);
        if (run.job().outcome() == Job.Outcome.REPLY) {
            run.step(run.job()::writeReply);
        }
    }

    /** Keeps the failure that was caught, unless the job is to be asked again. */
    static void keepProblem(Exchange exchange) {
        JobRun.of(exchange).fail(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
    }

    static void writeProblem(Exchange exchange) {
        JobRun run = JobRun.of(exchange);
        if (run.job().outcome() == Job.Outcome.PROBLEM) {
            run.step(run.job()::writeProblem);
        }
    }

    /** Steps that a route has left out are done first. */
    static void moveInput(Exchange exchange) {
        JobRun run = JobRun.of(exchange);
        if (run.job().outcome() != Job.Outcome.NONE) {
            run.step(run.job()::complete);
        }
    }

    /** Whether the body is a request whose answer shall be valid against a schema. */
    private static final class IsStructured implements Predicate {
        @Override
        public boolean matches(Exchange exchange) {
            return exchange.getMessage().getBody() instanceof LlmRequest request && request.structured() != null;
        }
    }
}
