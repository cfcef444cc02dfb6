package dev.caravan.bench;

import io.vertx.core.Vertx;

/** The closed loop: warm-up, then a measured time. An answer counts when it arrives within that time. */
final class Loop implements Caller.Listener {
    private static final long REOPEN_MILLIS = 100;

    private final Vertx vertx;
    private final int ramp;
    private final int warmup;
    private final int seconds;
    private Tally tally = new Tally();

    Loop(Vertx vertx, Options options) {
        this.vertx = vertx;
        this.ramp = options.number("ramp", 0);
        this.warmup = options.number("warmup", 2);
        this.seconds = options.number("seconds", 5);
    }

    void run(Load.CallerFactory callers, int connections) {
        for (int i = 0; i < connections; i++) {
            Caller caller = callers.create(this);
            vertx.setTimer(1 + (long) ramp * i / connections, open -> caller.open());
        }
        vertx.setTimer(Math.max(1, warmup * 1000L), warm -> {
            tally = new Tally();
            long from = System.nanoTime();
            vertx.setTimer(
                    seconds * 1000L,
                    over -> Load.finish(
                            tally.report((System.nanoTime() - from) / 1e9).put("connections", connections)));
        });
    }

    @Override
    public void opened(Caller caller) {
        caller.send();
    }

    @Override
    public void answered(Caller caller, int status, long nanos) {
        tally.answer(status, nanos);
        caller.send();
    }

    @Override
    public void lost(Caller caller) {
        tally.failure();
        vertx.setTimer(REOPEN_MILLIS, again -> caller.open());
    }
}
