package dev.caravan.provider.bedrock;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes frames, and what must never happen: signals at the same time, or after the end. */
class FrameCollector implements Flow.Subscriber<BedrockWire.Frame> {
    final List<BedrockWire.Frame> frames = new CopyOnWriteArrayList<>();
    final List<String> faults = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Throwable> end = new CompletableFuture<>();
    private final AtomicInteger inside = new AtomicInteger();
    private final long first;
    private final long each;
    private int depth;
    volatile Flow.Subscription subscription;
    volatile int deepest;

    /**
     * @param first requested at the subscription
     * @param each requested from within onNext
     */
    FrameCollector(long first, long each) {
        this.first = first;
        this.each = each;
    }

    static FrameCollector all() {
        return new FrameCollector(Long.MAX_VALUE, 0);
    }

    static FrameCollector oneByOne() {
        return new FrameCollector(1, 1);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (first != 0) {
            given.request(first);
        }
    }

    @Override
    public void onNext(BedrockWire.Frame frame) {
        check();
        depth++;
        deepest = Math.max(deepest, depth);
        inside.incrementAndGet();
        frames.add(frame);
        if (each > 0) {
            subscription.request(each);
        }
        inside.decrementAndGet();
        depth--;
    }

    @Override
    public void onError(Throwable failure) {
        check();
        end.complete(failure);
    }

    @Override
    public void onComplete() {
        check();
        end.complete(null);
    }

    private void check() {
        if (inside.get() != 0) {
            faults.add("signals at the same time");
        }
        if (end.isDone()) {
            faults.add("a signal after the end");
        }
    }

    /** What the stream failed by, or null; waits for its end. */
    Throwable failure() throws Exception {
        return end.get(20, TimeUnit.SECONDS);
    }

    boolean isOver() {
        return end.isDone();
    }
}
