package dev.caravan.support;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.Part;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.StreamStart;
import dev.caravan.chat.Usage;
import dev.caravan.runtime.Json;
import dev.caravan.stream.PendingReply;
import dev.caravan.trunk.PartSink;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A call whose answer the test gives out, as the trunk would: a part is an event of its own, and waits until the sink is
 * ready.
 */
public final class DrivenCall implements Function<PartSink, CompletableFuture<LlmReply>> {
    private final PendingReply pending = new PendingReply();
    private final CompletableFuture<PartSink> begun = new CompletableFuture<>();
    private final Queue<Runnable> events = new ArrayDeque<>();
    private int given;
    private boolean pausing;

    @Override
    public CompletableFuture<LlmReply> apply(PartSink sink) {
        begun.complete(sink);
        pump();
        return pending;
    }

    /** Where the call ends; cancelled when it is cut off. */
    public PendingReply pending() {
        return pending;
    }

    public boolean isBegun() {
        return begun.isDone();
    }

    public boolean isCutOff() {
        return pending.cancellation().isCancelled();
    }

    /** Waits until the model is asked. */
    public DrivenCall awaitBegin() throws Exception {
        begun.get(20, TimeUnit.SECONDS);
        return this;
    }

    public DrivenCall texts(String... texts) {
        for (String text : texts) {
            event(() -> part(new Part.Text(text), 1));
        }
        return this;
    }

    /** Parts that come in one event. */
    public DrivenCall event(int answer, Part... parts) {
        return event(() -> {
            for (Part part : parts) {
                part(part, answer);
            }
        });
    }

    public DrivenCall end(String text) {
        return event(() -> pending.complete(reply(text)));
    }

    public DrivenCall endWithData(String json) {
        return event(() -> {
            LlmReply plain = reply(json);
            pending.complete(new LlmReply(
                    plain.id(),
                    plain.model(),
                    plain.provider(),
                    plain.region(),
                    plain.text(),
                    null,
                    plain.stopReason(),
                    null,
                    plain.usage(),
                    2,
                    plain.latency(),
                    true,
                    List.of(),
                    Json.object().put("made", json),
                    null));
        });
    }

    public DrivenCall fail(Throwable failure) {
        return event(() -> pending.completeExceptionally(failure));
    }

    private DrivenCall event(Runnable event) {
        synchronized (this) {
            events.add(event);
        }
        pump();
        return this;
    }

    private void part(Part part, int answer) {
        if (given++ == 0) {
            begun.join().begin(new StreamStart("id", "model", "bedrock", true));
        }
        begun.join().part(part, answer);
    }

    /** Parts that the sink was given so far. */
    public synchronized int given() {
        return given;
    }

    private synchronized void pump() {
        if (!begun.isDone() || pausing) {
            return;
        }
        while (!events.isEmpty()) {
            if (!begun.join().ready(this::resume)) {
                pausing = true;
                return;
            }
            events.poll().run();
        }
    }

    private synchronized void resume() {
        if (!pausing) {
            throw new IllegalStateException("resumed, but nobody waited");
        }
        pausing = false;
        pump();
    }

    public static LlmReply reply(String text) {
        return new LlmReply(
                "id",
                "model",
                "bedrock",
                "us-east-1",
                text,
                null,
                StopReason.END_TURN,
                null,
                Usage.of(1L, 2L),
                1,
                Duration.ofMillis(5),
                true,
                List.of(),
                null,
                null);
    }
}
