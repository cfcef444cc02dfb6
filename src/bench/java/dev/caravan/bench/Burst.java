package dev.caravan.bench;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/** One request on each of many connections, all at the same moment; after a limit the connections are closed. */
final class Burst implements Caller.Listener {
    private final Vertx vertx;
    private final int limit;
    private final List<Caller> open = new ArrayList<>();
    private final Tally tally = new Tally();
    private int wanted;
    private long sentAt;

    /** @param limit ms after which the callers leave, answered or not */
    Burst(Vertx vertx, int limit) {
        this.vertx = vertx;
        this.limit = limit;
    }

    void run(Load.CallerFactory callers, int connections) {
        wanted = connections;
        for (int i = 0; i < connections; i++) {
            callers.create(this).open();
        }
    }

    @Override
    public void opened(Caller caller) {
        open.add(caller);
        sendWhenAllAreOpen();
    }

    @Override
    public void answered(Caller caller, int status, long nanos) {
        tally.answer(status, nanos);
        if (tally.total() == wanted) {
            finish();
        }
    }

    @Override
    public void lost(Caller caller) {
        tally.failure();
        if (sentAt == 0) {
            sendWhenAllAreOpen();
        } else if (tally.total() == wanted) {
            finish();
        }
    }

    private void sendWhenAllAreOpen() {
        if (open.size() + tally.total() == wanted) {
            sentAt = System.nanoTime();
            open.forEach(Caller::send);
            vertx.setTimer(limit, over -> leave());
        }
    }

    private void leave() {
        open.forEach(Caller::leave);
        // Give the closing segments time to leave this process.
        vertx.setTimer(50, gone -> finish());
    }

    private void finish() {
        Load.finish(tally.report((System.nanoTime() - sentAt) / 1e9).put("connections", wanted));
    }
}
