package dev.caravan.stream;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmStream;
import dev.caravan.chat.Part;
import dev.caravan.chat.StreamStart;
import dev.caravan.runtime.Json;
import dev.caravan.trunk.PartSink;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;

/** A stream of the trunk's. */
public final class PartStream implements LlmStream {
    private final Function<PartSink, CompletableFuture<LlmReply>> call;
    private final Executor executor;
    private final boolean structured;
    private final PartBuffer buffer = new PartBuffer();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final AtomicBoolean consumed = new AtomicBoolean();
    private final AtomicBoolean sent = new AtomicBoolean();
    private volatile CompletableFuture<LlmReply> pending;
    private volatile PartSubscription subscription;
    private volatile int answer;

    /**
     * @param call asks the model, without waiting, and gives its parts to the sink; the future ends with the reply or an
     *     LlmException after the last part, and cuts the call off when it is cancelled. Called once at most
     * @param executor where a subscriber is called, which may block there
     * @param structured whether the answer is valid against a schema, so that its parts are provisional
     */
    public PartStream(Function<PartSink, CompletableFuture<LlmReply>> call, Executor executor, boolean structured) {
        this.call = call;
        this.executor = executor;
        this.structured = structured;
    }

    /** Asks the model now, if that was not done. */
    public void send() {
        if (buffer.isClosed() || !sent.compareAndSet(false, true)) {
            return;
        }
        CompletableFuture<LlmReply> reply;
        try {
            reply = call.apply(buffer);
        } catch (RuntimeException e) {
            reply = CompletableFuture.failedFuture(e);
        }
        pending = reply;
        reply.whenComplete((whole, failure) -> {
            buffer.end(whole, failure);
            over.complete(null);
        });
        if (buffer.isClosed()) {
            reply.cancel(true);
        }
    }

    /**
     * Ends with the first part, or with the reply when it has none, or with a failure before that. What depends on it runs on a
     * thread of the trunk's, and must not block there.
     */
    public CompletionStage<Void> begun() {
        return buffer.begun();
    }

    /** Ends when the call is over, by a failure too, while parts may wait still. What depends on it must not block. */
    public CompletionStage<Void> over() {
        return over;
    }

    @Override
    public Iterator<Part> iterator() {
        requireFirst();
        sendFromHere();
        return new Parts();
    }

    @Override
    public Iterable<String> texts() {
        return () -> new PartTexts(iterator());
    }

    /**
     * The text in UTF-8 as it comes; of an answer that is valid against a schema its JSON, at the end. Failures are IOExceptions with
     * their cause; closing it closes the stream.
     *
     * @throws IllegalStateException when the parts have a consumer already
     */
    public InputStream input() {
        Iterator<String> texts = structured
                ? Stream.of(this)
                        .map(stream -> new String(Json.write(stream.reply().data()), StandardCharsets.UTF_8))
                        .iterator()
                : texts().iterator();
        return new TextInput(texts, this);
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Part> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (!consumed.compareAndSet(false, true)) {
            subscriber.onSubscribe(new NoSubscription());
            subscriber.onError(taken());
            return;
        }
        subscription = new PartSubscription(this, buffer, subscriber, executor);
        subscription.begin();
    }

    @Override
    public LlmReply reply() {
        PartSubscription subscribed = subscription;
        if (subscribed != null) {
            if (subscribed.isDelivering() && !buffer.isOver()) {
                throw new IllegalStateException(
                        "The subscriber would wait for itself; the reply is there in onComplete.");
            }
            return waiting(buffer::awaitReply);
        }
        consumed.set(true);
        sendFromHere();
        while (!buffer.isOver() && read() != null) {
            // Its parts are in the reply.
        }
        return waiting(buffer::awaitReply);
    }

    @Override
    public int answer() {
        return answer;
    }

    @Override
    public Optional<StreamStart> start() {
        return Optional.ofNullable(buffer.start());
    }

    @Override
    public void close() {
        buffer.close();
        CompletableFuture<LlmReply> reply = pending;
        if (reply != null) {
            reply.cancel(true);
        }
    }

    /** For logs and tracers, which must not take the parts. */
    @Override
    public String toString() {
        return "LlmStream[" + (buffer.isClosed() ? "closed" : buffer.isOver() ? "at its end" : "open") + "]";
    }

    void givenOut(PartBuffer.Numbered part) {
        answer = part.answer();
    }

    private void requireFirst() {
        if (!consumed.compareAndSet(false, true)) {
            throw taken();
        }
    }

    private static IllegalStateException taken() {
        return new IllegalStateException("The stream's parts are taken already: it has one consumer.");
    }

    /** A thread that is interrupted already asks nothing. */
    private void sendFromHere() {
        if (!sent.get() && Thread.currentThread().isInterrupted()) {
            close();
            throw new CancellationException("The calling thread is interrupted");
        }
        send();
    }

    private PartBuffer.Numbered read() {
        return waiting(buffer::take);
    }

    private <T> T waiting(Waiting<T> wait) {
        try {
            return wait.get();
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            CancellationException cancelled = new CancellationException("Interrupted while waiting for the model");
            cancelled.initCause(e);
            throw cancelled;
        }
    }

    @FunctionalInterface
    private interface Waiting<T> {
        T get() throws InterruptedException;
    }

    private final class Parts implements Iterator<Part> {
        private PartBuffer.Numbered next;
        private boolean ended;

        @Override
        public boolean hasNext() {
            if (next == null && !ended) {
                // A failure is thrown once, and is the end.
                ended = true;
                next = read();
                ended = next == null;
            }
            return next != null;
        }

        @Override
        public Part next() {
            if (!hasNext()) {
                throw new NoSuchElementException("The answer is at its end.");
            }
            PartBuffer.Numbered given = next;
            next = null;
            givenOut(given);
            return given.part();
        }
    }

    private record NoSubscription() implements Flow.Subscription {
        @Override
        public void request(long n) {
            // Nothing will come.
        }

        @Override
        public void cancel() {
            // Nothing is under way.
        }
    }
}
