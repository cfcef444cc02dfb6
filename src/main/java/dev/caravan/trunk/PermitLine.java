package dev.caravan.trunk;

import dev.caravan.runtime.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;

/**
 * The calls that wait for the limit, in the order in which they came. As many may go on as permits are free; only the
 * first of the others waits for a time. A place is kept until the throttle has admitted its call or the call has given
 * up, so that one whose permit another took is still the first. The line leaves the last few permits of a window to
 * callers who do not wait, so that they are served while many wait. Thread-safe; holds no thread.
 */
final class PermitLine {
    /** The throttle goes by another clock. */
    private static final Duration MARGIN = Duration.ofMillis(1);

    private final AdmissionLedger ledger;
    private final Share share;
    private final Timer timer;
    private final LongSupplier nanoTime;

    /** All that follows is guarded by this object. */
    private final NavigableMap<Long, Place> waiting = new TreeMap<>();

    private long tickets;
    private int going;
    private Future<?> wake;
    private long wakeNanos;
    private boolean refused;
    private long refusedNanos;
    private boolean stopping;
    private long stopNanos;

    /**
     * What the line leaves to callers who do not wait.
     *
     * @param permits that many must be free beside the one that a call of the line takes
     * @param afterRefusal for so long one permit is left to a caller who was told when to come back, where none is left
     *     anyway; zero for never
     */
    record Share(int permits, Duration afterRefusal) {
        private static final int TENTH = 10;
        static final Share NONE = new Share(0, Duration.ZERO);

        /** A tenth of the limit; of one below 10 a permit while somebody may come back for it. */
        static Share of(int limit, Duration window) {
            return limit < 2 ? NONE : new Share(limit / TENTH, limit < TENTH ? window.multipliedBy(2) : Duration.ZERO);
        }
    }

    /** What wakes the line and those in it. */
    interface Timer {
        /** Runs the task after a delay; never when the timer is closed. */
        Future<?> later(Runnable task, Duration delay);

        /** Runs the task on the timer's thread; when it is closed, on this one. */
        void soon(Runnable task);
    }

    private enum State {
        OUT,
        WAITING,
        /** Told to go on, and not admitted yet. */
        GOING
    }

    PermitLine(AdmissionLedger ledger, Share share, Timer timer, LongSupplier nanoTime) {
        this.ledger = ledger;
        this.share = share;
        this.timer = timer;
        this.nanoTime = nanoTime;
    }

    /** A call's place, which it may take again for each permit that it needs; to be closed when the call is over. */
    final class Place implements AutoCloseable {
        private final Cancellation.Registration registration;
        private State state = State.OUT;
        private long ticket;
        private boolean paid;
        private boolean turnedAway;
        private boolean givenUp;
        private Runnable goOn;

        private Place(Cancellation call) {
            registration = call.onCancel(() -> giveUp(this));
        }

        /** Whether its wait was ended by a stop. */
        boolean turnedAway() {
            synchronized (PermitLine.this) {
                return turnedAway;
            }
        }

        @Override
        public void close() {
            leave(this);
            registration.close();
        }
    }

    /** A place that is given up when the call is cancelled. */
    Place place(Cancellation call) {
        return new Place(call);
    }

    /**
     * Takes the place, or goes back to it when the throttle has rejected its call.
     *
     * @param paid whether the call holds what was paid for
     * @param goOn run by the timer when the wait is over; only then, if this returns true
     * @return whether it waits
     */
    boolean enter(Place place, boolean paid, Runnable goOn) {
        List<Place> released;
        boolean waits;
        synchronized (this) {
            int ahead = going + waiting.size();
            if (place.state == State.GOING) {
                going--;
                ahead = going;
            } else {
                place.ticket = tickets++;
            }
            place.state = State.WAITING;
            place.paid = paid;
            place.goOn = goOn;
            waiting.put(place.ticket, place);
            if (place.givenUp) {
                out(place);
            }
            released = release();
            if (place.state == State.WAITING && stopping && isTooLong(paid, ahead)) {
                turnAway(place);
            }
            waits = place.state == State.WAITING;
            released.remove(place);
        }
        run(released);
        return waits;
    }

    /**
     * Notes that the throttle has admitted a call.
     *
     * @param place the call's, null for one that does not wait
     */
    void admitted(Place place) {
        List<Place> released;
        synchronized (this) {
            ledger.admitted();
            out(place);
            released = release();
        }
        run(released);
    }

    /** The call needs no permit any more; null for one that does not wait. */
    void leave(Place place) {
        List<Place> released;
        synchronized (this) {
            out(place);
            released = release();
        }
        run(released);
    }

    /**
     * How long until a permit is free for a caller who does not wait, and is refused now: those in line take theirs first,
     * unless one is left to such callers.
     */
    synchronized Duration refuse() {
        refusedNanos = nanoTime.getAsLong();
        refused = true;
        return ledger.untilPermit(reserve() > 0 ? going : going + waiting.size());
    }

    private int reserve() {
        boolean awaited = refused
                && nanoTime.getAsLong() - refusedNanos < share.afterRefusal().toNanos();
        return Math.max(share.permits(), awaited ? 1 : 0);
    }

    private Duration untilPermitOfLine(int ahead) {
        return ledger.untilPermit(ahead + reserve());
    }

    /**
     * Ends the waits of calls that hold nothing paid for, and from now on lets none begin. Others may wait for a permit
     * that comes free in time.
     */
    void stop(Duration left) {
        List<Place> ended = new ArrayList<>();
        synchronized (this) {
            stopping = true;
            stopNanos = nanoTime.getAsLong() + left.toNanos();
            int ahead = going;
            for (Place place : List.copyOf(waiting.values())) {
                if (isTooLong(place.paid, ahead)) {
                    turnAway(place);
                    ended.add(place);
                } else {
                    ahead++;
                }
            }
        }
        run(ended);
    }

    private boolean isTooLong(boolean paid, int ahead) {
        return !paid || untilPermitOfLine(ahead).toNanos() > stopNanos - nanoTime.getAsLong();
    }

    private void turnAway(Place place) {
        out(place);
        place.turnedAway = true;
    }

    private void giveUp(Place place) {
        List<Place> released;
        synchronized (this) {
            place.givenUp = true;
            if (place.state != State.WAITING) {
                // One that goes finds out by itself.
                return;
            }
            out(place);
            released = release();
            released.add(place);
        }
        run(released);
    }

    private void out(Place place) {
        if (place == null) {
            return;
        }
        if (place.state == State.WAITING) {
            waiting.remove(place.ticket);
        } else if (place.state == State.GOING) {
            going--;
        }
        place.state = State.OUT;
    }

    /** Those who may go on now; the timer wakes the line when the next may. */
    private List<Place> release() {
        List<Place> released = new ArrayList<>();
        while (!waiting.isEmpty()) {
            Duration wait = untilPermitOfLine(going);
            if (!wait.isZero()) {
                wakeAfter(wait.plus(MARGIN));
                break;
            }
            Place next = waiting.pollFirstEntry().getValue();
            next.state = State.GOING;
            going++;
            released.add(next);
        }
        return released;
    }

    private void wakeAfter(Duration wait) {
        long at = nanoTime.getAsLong() + wait.toNanos();
        if (wake != null && at - wakeNanos >= 0) {
            return;
        }
        if (wake != null) {
            wake.cancel(false);
        }
        wakeNanos = at;
        wake = timer.later(this::wake, wait);
    }

    private void wake() {
        List<Place> released;
        synchronized (this) {
            wake = null;
            released = release();
        }
        run(released);
    }

    /** Outside the lock, since a closed timer runs them at once. */
    private void run(List<Place> places) {
        places.forEach(place -> timer.soon(place.goOn));
    }
}
