package dev.caravan.trunk;

import dev.caravan.chat.Part;
import dev.caravan.chat.Usage;
import dev.caravan.dialect.Problem;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.format.FormatReply;
import dev.caravan.format.ReplyStream;
import dev.caravan.provider.bedrock.BedrockErrors;
import dev.caravan.provider.bedrock.BedrockWire.Frame;
import dev.caravan.provider.bedrock.StreamEvent;
import dev.caravan.runtime.Cancellation;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reads the frames of one streamed answer and gives its parts out as they come. One frame is asked for at a time, and only
 * when the sink can take more: that is the back-pressure from the caller to the provider. Runs on the wire's event loop.
 */
final class AnswerReading implements Flow.Subscriber<Frame> {
    private static final String MESSAGE_TYPE = ":message-type";
    private static final String EVENT = "event";
    /** Of payload, most of which is wrapping; an answer in one piece has the same limit. */
    private static final long MOST_BYTES = 64L * 1024 * 1024;
    /** Of text, reasoning and inputs, which are kept to the end: over a hundred for each of the 128,000 tokens of the longest answers. */
    private static final long MOST_CHARACTERS = 16L * 1024 * 1024;

    private final ReplyStream stream;
    private final PartOutlet outlet;
    private final HeldAnswers held;
    private final Cancellation cancellation;
    private final Consumer<AnswerReading> whenOver;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile Flow.Subscription subscription;
    private boolean begun;
    private long received;
    private long characters;
    private LlmException failure;

    /**
     * @param held counts what is kept of the answer
     * @param whenOver told once, when no frame is read any more and no part is given out
     */
    AnswerReading(
            ReplyStream stream,
            PartOutlet outlet,
            HeldAnswers held,
            Cancellation cancellation,
            Consumer<AnswerReading> whenOver) {
        this.stream = stream;
        this.outlet = outlet;
        this.held = held;
        this.cancellation = cancellation;
        this.whenOver = whenOver;
    }

    @Override
    public void onSubscribe(Flow.Subscription value) {
        subscription = value;
        if (over.get()) {
            value.cancel();
        }
        guarded(this::askForNext);
    }

    @Override
    public void onNext(Frame frame) {
        asked.set(false);
        guarded(() -> {
            read(frame);
            askForNext();
        });
    }

    /** What goes wrong with us, or is told within the stream, ends the call. */
    private void guarded(Runnable step) {
        if (over.get()) {
            return;
        }
        try {
            if (cancellation.isCancelled()) {
                throw AttemptSteps.notWanted(cancellation);
            }
            step.run();
        } catch (Throwable e) {
            subscription.cancel();
            end(Problem.visible(e));
        }
    }

    private void read(Frame frame) {
        // An event that cannot be read was an answer too; an exception in place of the first one was none.
        begun |= EVENT.equals(frame.headers().getOrDefault(MESSAGE_TYPE, EVENT));
        received += frame.payload().length;
        if (received > MOST_BYTES) {
            throw tooLong(MOST_BYTES + " bytes");
        }
        StreamEvent event = StreamEvent.of(frame);
        stream.read(event.type(), event.json(), this::give);
    }

    private void give(Part part) {
        if (!over.get()) {
            keep(length(part));
            outlet.part(part);
        }
    }

    private void keep(int length) {
        characters += length;
        held.add(length);
        if (characters > MOST_CHARACTERS) {
            throw tooLong(MOST_CHARACTERS + " characters");
        }
    }

    private static int length(Part part) {
        if (part instanceof Part.Text text) {
            return text.text().length();
        }
        return part instanceof Part.ToolInput call
                ? call.input().length()
                : ((Part.Reasoning) part).text().length();
    }

    private static LlmException tooLong(String limit) {
        return LlmException.of(
                ErrorKind.PROVIDER_ERROR, "Bedrock's stream is longer than " + limit + " and was cut off.");
    }

    private void askForNext() {
        if (outlet.ready(this::ask)) {
            ask();
        }
    }

    /** From any thread. A sink that resumes twice gets no second frame. */
    private void ask() {
        if (asked.compareAndSet(false, true)) {
            subscription.request(1);
        }
    }

    /** An answer that has come to its own end is whole, however its connection ends. */
    @Override
    public void onError(Throwable broken) {
        end(() -> stream.ended() ? null : BedrockErrors.toLlm(broken));
    }

    @Override
    public void onComplete() {
        end(() -> stream.ended() ? null : cutOff());
    }

    /** The call ended before there was a stream to read. */
    void neverBegan(Throwable broken) {
        if (subscription != null) {
            subscription.cancel();
        }
        end(() -> BedrockErrors.toLlm(broken));
    }

    private void end(Supplier<LlmException> outcome) {
        LlmException why;
        try {
            why = outcome.get();
        } catch (Throwable e) {
            why = Problem.visible(e);
        }
        end(why);
    }

    private void end(LlmException why) {
        if (over.compareAndSet(false, true)) {
            failure = why;
            held.remove(characters);
            whenOver.accept(this);
        }
    }

    private static LlmException cutOff() {
        return LlmException.builder(
                        ErrorKind.PROVIDER_ERROR, "Bedrock's stream was cut off: it ended before the answer did.")
                .retry(Retry.BACKOFF)
                .build();
    }

    /** Why there is no whole answer; null when there is. What was given out cannot be had anew: then it is final. */
    LlmException failure() {
        return failure == null || !outlet.given()
                ? failure
                : failure.toBuilder().retry(Retry.NEVER).build();
    }

    /** Whether the model had begun to answer, which is paid for. */
    boolean begun() {
        return begun;
    }

    /** The counts so far. */
    Usage usage() {
        return stream.usage();
    }

    /** The reply as far as it came; null when there is nothing in it. For a stream that is over. */
    FormatReply soFar() {
        return stream.soFar();
    }

    /** The whole reply; gives out what was held back. Once, after the end of a stream that did not fail. */
    FormatReply reply() {
        return stream.end(outlet::part);
    }
}
