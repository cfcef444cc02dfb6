package dev.caravan.trunk;

import dev.caravan.config.Settings;
import dev.caravan.dialect.Problem;
import dev.caravan.format.ReplyStream;
import dev.caravan.provider.bedrock.BedrockErrors;
import dev.caravan.provider.bedrock.BedrockWire;
import dev.caravan.runtime.Workers;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * The paid call whose answer is streamed: a {@link BedrockWire.Call} goes in as the body, the {@link AnswerReading} of a
 * stream that came to its end comes out. It holds no thread while the stream is open, and goes on upon a worker.
 */
final class StreamCall extends AsyncProcessorSupport {
    private final BedrockWire wire;
    private final Workers workers;
    private final Settings.Timeouts timeouts;
    private final HeldAnswers held;

    StreamCall(BedrockWire wire, Workers workers, Settings.Timeouts timeouts, HeldAnswers held) {
        this.wire = wire;
        this.workers = workers;
        this.timeouts = timeouts;
        this.held = held;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        AnswerReading reading;
        CompletableFuture<BedrockWire.Stream> opened;
        try {
            TrunkCall call = TrunkCall.of(exchange);
            reading = reading(
                    call,
                    over -> GoingOn.uponWorker(
                            workers, exchange, callback, () -> take(exchange, over), () -> book(call, over)));
            BedrockWire.Call request = exchange.getMessage().getBody(BedrockWire.Call.class);
            opened = wire.open(request, silence(request.timeout()));
        } catch (Throwable e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        opened.whenComplete((stream, failure) -> read(reading, stream, failure));
        return false;
    }

    private AnswerReading reading(TrunkCall call, Consumer<AnswerReading> whenOver) {
        try {
            call.answerBegins();
            ReplyStream stream =
                    call.format().stream(call.request(), call.resolved().model());
            return new AnswerReading(stream, call.outlet(), held, call.cancellation(), whenOver);
        } catch (RuntimeException e) {
            throw Problem.visible(e);
        }
    }

    /** No longer than what is left of the total timeout. */
    private BedrockWire.Silence silence(Duration left) {
        return new BedrockWire.Silence(shorter(timeouts.firstByte(), left), shorter(timeouts.idle(), left));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static void read(AnswerReading reading, BedrockWire.Stream stream, Throwable failure) {
        if (failure != null) {
            reading.neverBegan(failure);
        } else if (stream.refusal() != null) {
            reading.neverBegan(BedrockErrors.toLlm(stream.refusal(), Clock.systemUTC()));
        } else {
            try {
                stream.frames().subscribe(reading);
            } catch (Throwable e) {
                reading.neverBegan(Problem.visible(e));
            }
        }
    }

    private static void take(Exchange exchange, AnswerReading reading) {
        if (reading.failure() == null) {
            exchange.getMessage().setBody(reading);
            return;
        }
        book(TrunkCall.of(exchange), reading);
        exchange.setException(reading.failure());
    }

    /** What came is paid for, even if there is no whole answer. */
    private static void book(TrunkCall call, AnswerReading reading) {
        try {
            if (reading.begun()) {
                AttemptSteps.paidInVain(call, reading.failure(), reading.usage(), reading.soFar());
            }
        } catch (RuntimeException e) {
            throw Problem.visible(e);
        }
    }
}
