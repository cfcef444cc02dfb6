package dev.caravan.provider.bedrock;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The body of a stream as frames. All signals and all state belong to the exchange's event loop; a part of the body is
 * read when a frame is asked for and none is at hand, but the first one, which ends the wait for the first byte.
 */
final class FrameStream implements Flow.Publisher<BedrockWire.Frame> {
    private final WireExchange exchange;
    private final ContextInternal context;
    private final StreamBody body;
    private final Deadline deadline;
    private final Duration idle;
    private final FrameAssembler frames = new FrameAssembler();
    private final AtomicBoolean subscribed = new AtomicBoolean();
    private final Flow.Subscription subscription = new FramesSubscription();

    private Flow.Subscriber<? super BedrockWire.Frame> subscriber;
    private volatile boolean cancelled;
    private long demand;
    private boolean delivering;

    private boolean begun;
    /** The time for the next frame runs. */
    private boolean awaited;
    /** No more parts come, by an end or by {@link #breakage}. */
    private boolean exhausted;

    private Throwable breakage;
    private boolean over;
    /** What the stream failed by before there was a subscriber. */
    private Throwable unheard;

    /** @param deadline counts to the first byte; the stream's own from here on */
    FrameStream(WireExchange exchange, StreamBody body, Deadline deadline, Duration idle) {
        this.exchange = exchange;
        this.context = exchange.context();
        this.body = body;
        this.deadline = deadline;
        this.idle = idle;
        body.onParts(this::arrived, this::exhaust);
        body.read();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super BedrockWire.Frame> newSubscriber) {
        Objects.requireNonNull(newSubscriber, "subscriber");
        if (subscribed.compareAndSet(false, true)) {
            context.emit(newSubscriber, this::begin);
        } else {
            newSubscriber.onSubscribe(new Refused());
            newSubscriber.onError(new IllegalStateException("A stream of frames has one subscriber."));
        }
    }

    private void begin(Flow.Subscriber<? super BedrockWire.Frame> newSubscriber) {
        subscriber = newSubscriber;
        delivering = true;
        try {
            newSubscriber.onSubscribe(subscription);
        } catch (RuntimeException | Error e) {
            fail(e);
            return;
        } finally {
            delivering = false;
        }
        if (unheard != null && !cancelled) {
            newSubscriber.onError(unheard);
        }
        deliver();
    }

    private final class FramesSubscription implements Flow.Subscription {
        @Override
        public void request(long n) {
            context.emit(n, FrameStream.this::requested);
        }

        @Override
        public void cancel() {
            cancelled = true;
            context.emit(none -> finish());
        }
    }

    private static final class Refused implements Flow.Subscription {
        @Override
        public void request(long n) {
            // Its failure is on the way.
        }

        @Override
        public void cancel() {
            // There is nothing to cancel.
        }
    }

    private void requested(long n) {
        if (n <= 0) {
            fail(new IllegalArgumentException("A subscriber requests at least 1 frame, not " + n + "."));
            return;
        }
        long sum = demand + n;
        demand = sum < 0 ? Long.MAX_VALUE : sum;
        deliver();
    }

    private void arrived(Buffer part) {
        if (!begun) {
            begun = true;
            deadline.stop();
        }
        frames.add(part);
        deliver();
    }

    private void exhaust() {
        exhausted = true;
        deadline.stop();
        deliver();
    }

    /** The connection broke; the parts that came before it are still to be had from the client's queue. */
    void broke(Throwable cause) {
        if (breakage != null) {
            return;
        }
        breakage = cause;
        body.readRest(this::exhaust);
    }

    /** The time was up that {@link #deadline} counted. */
    void silent() {
        fail(begun ? StreamFailures.idle() : StreamFailures.noFirstByte());
    }

    /** Hands out what is asked for and at hand. A request from within comes back to the loop, not to the stack. */
    private void deliver() {
        if (delivering || over || cancelled || subscriber == null) {
            return;
        }
        delivering = true;
        try {
            while (demand > 0 && handedOutOne()) {
                // As long as both last.
            }
        } catch (RuntimeException | Error e) {
            // The bytes are no frames; or the subscriber threw, which must not leave it waiting for ever.
            fail(e);
        } finally {
            delivering = false;
        }
        if (!over && !cancelled) {
            goOn();
        }
    }

    private boolean handedOutOne() {
        BedrockWire.Frame frame = over || cancelled ? null : frames.next();
        if (frame == null) {
            return false;
        }
        demand--;
        awaited = false;
        deadline.stop();
        subscriber.onNext(frame);
        return true;
    }

    private void goOn() {
        if (exhausted) {
            if (breakage != null && !frames.ready()) {
                fail(StreamFailures.broken(breakage));
            } else if (frames.isEmpty()) {
                finish();
                subscriber.onComplete();
            } else if (!frames.ready()) {
                fail(StreamFailures.cutOff(frames.held()));
            }
        } else if (demand > 0) {
            if (begun && !awaited) {
                awaited = true;
                deadline.start(idle);
            }
            body.read();
        }
    }

    /** Ends the stream and its call by a failure. */
    void fail(Throwable failure) {
        if (over) {
            return;
        }
        finish();
        if (subscriber == null) {
            unheard = failure;
        } else if (!cancelled) {
            subscriber.onError(failure);
        }
    }

    private void finish() {
        if (over) {
            return;
        }
        over = true;
        deadline.close();
        exchange.end();
        frames.clear();
        body.discard();
    }
}
