package dev.caravan.stream;

import dev.caravan.chat.Part;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a stream's parts to its subscriber, one after the other, on an executor's threads. */
final class PartSubscription implements Flow.Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(PartSubscription.class);

    private final PartStream stream;
    private final PartBuffer buffer;
    private final Flow.Subscriber<? super Part> subscriber;
    private final Executor executor;
    /** Changes that were not looked at; who counts the first delivers, so that nobody else does meanwhile. */
    private final AtomicInteger changes = new AtomicInteger(1);

    private volatile boolean done;
    private volatile IllegalArgumentException wrongRequest;
    private volatile Thread delivering;

    PartSubscription(
            PartStream stream, PartBuffer buffer, Flow.Subscriber<? super Part> subscriber, Executor executor) {
        this.stream = stream;
        this.buffer = buffer;
        this.subscriber = subscriber;
        this.executor = executor;
    }

    /** Hands this over to the subscriber; what it asks for meanwhile is given when it has returned. */
    void begin() {
        buffer.count(this::changed);
        try {
            subscriber.onSubscribe(this);
        } catch (RuntimeException | Error e) {
            cancel();
            throw e;
        }
        execute();
    }

    @Override
    public void request(long n) {
        if (done) {
            return;
        }
        if (n <= 0) {
            wrongRequest = new IllegalArgumentException("request(" + n + "): must ask for at least 1 part (rule 3.9)");
            changed();
        } else {
            buffer.request(n);
            stream.send();
        }
    }

    @Override
    public void cancel() {
        done = true;
        stream.close();
    }

    /** Whether this thread is in a method of the subscriber. */
    boolean isDelivering() {
        return delivering == Thread.currentThread();
    }

    private void changed() {
        if (changes.getAndIncrement() == 0) {
            execute();
        }
    }

    private void execute() {
        try {
            executor.execute(this::deliverChanges);
        } catch (RejectedExecutionException e) {
            refused(e);
        }
    }

    /** There is no thread for it any more, but that it is told here. */
    private void refused(RejectedExecutionException e) {
        PartBuffer.Ending ending = buffer.ending();
        boolean failed = ending != null && ending.failure() != null;
        stream.close();
        if (!done) {
            done = true;
            signal(() -> subscriber.onError(
                    failed
                            ? ending.failure()
                            : LlmException.builder(
                                            ErrorKind.OVERLOADED,
                                            "Caravan is full or stopping: it has no thread for the stream's parts.")
                                    .cause(e)
                                    .build()));
        }
    }

    private void deliverChanges() {
        int seen = changes.get();
        do {
            delivering = Thread.currentThread();
            while (!done && deliver()) {
                // One at a time, until there is nothing to give.
            }
            delivering = null;
            seen = changes.addAndGet(-seen);
        } while (seen != 0);
    }

    /** Whether there may be more to give. */
    private boolean deliver() {
        if (wrongRequest != null) {
            done = true;
            stream.close();
            signal(() -> subscriber.onError(wrongRequest));
            return false;
        }
        PartBuffer.Numbered next = buffer.poll();
        if (next != null) {
            stream.givenOut(next);
            signal(() -> subscriber.onNext(next.part()));
            return true;
        }
        PartBuffer.Ending ending = buffer.ending();
        if (ending != null && !done) {
            done = true;
            signal(() -> {
                if (ending.failure() == null) {
                    subscriber.onComplete();
                } else {
                    subscriber.onError(ending.failure());
                }
            });
        }
        return false;
    }

    /** A subscriber that throws has broken its rules, and has thereby cancelled. */
    private void signal(Runnable method) {
        try {
            method.run();
        } catch (RuntimeException | Error e) {
            LOG.warn("A subscriber of a stream threw; it gets no more parts", e);
            cancel();
        }
    }
}
