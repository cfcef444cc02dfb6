package dev.caravan.trunk;

import dev.caravan.provider.bedrock.BedrockWire;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** A wire whose one stream comes from the test, signal by signal. */
final class HandFedWire implements BedrockWire, Flow.Publisher<BedrockWire.Frame>, Flow.Subscription {
    final CompletableFuture<Stream> opened = new CompletableFuture<>();
    Call call;
    Silence silence;
    volatile Flow.Subscriber<? super Frame> subscriber;
    volatile boolean cancelled;
    private long requested;

    static Frame event(String json) {
        return new Frame(
                Map.of(":message-type", "event", ":event-type", "said"), json.getBytes(StandardCharsets.UTF_8));
    }

    static Frame exception(String type) {
        return new Frame(
                Map.of(":message-type", "exception", ":exception-type", type),
                "{\"message\":\"Too many\"}".getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public CompletableFuture<Reply> send(Call asked) {
        throw new AssertionError("a stream was to be asked for");
    }

    @Override
    public CompletableFuture<Stream> open(Call asked, Silence patience) {
        call = asked;
        silence = patience;
        return opened;
    }

    void begin() {
        opened.complete(new Stream(null, Map.of(), this));
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Frame> reader) {
        subscriber = reader;
        reader.onSubscribe(this);
    }

    @Override
    public synchronized void request(long n) {
        requested += n;
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    /** Frames that were asked for and did not come yet. */
    synchronized long wanted() {
        return requested;
    }

    void feed(String... events) {
        for (String event : events) {
            feed(event(event));
        }
    }

    void feed(Frame frame) {
        synchronized (this) {
            if (requested == 0) {
                throw new AssertionError("no frame was asked for");
            }
            requested--;
        }
        subscriber.onNext(frame);
    }

    @Override
    public void close() {}
}
