package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.runtime.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls in line at a limit, by a clock of the test's. */
class PermitLineTest {
    private static final Duration WINDOW = Duration.ofSeconds(2);
    private static final long MILLI = 1_000_000;
    private static final long START = Long.MAX_VALUE - 5 * 1_000_000_000L;

    private long now = START;
    private final Agenda agenda = new Agenda();
    private final List<Long> permits = new ArrayList<>();
    private final List<String> admitted = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private final Map<String, Call> calls = new HashMap<>();
    private RollingLedger ledger;
    private PermitLine line;
    private int limit;
    private PermitLine.Share share = PermitLine.Share.NONE;

    /** Each thing in its time; what is due at the same time in the order in which it was said. */
    private final class Agenda implements PermitLine.Timer {
        private record Entry(long at, long number, Runnable task, CompletableFuture<Void> done) {}

        private final PriorityQueue<Entry> entries = new PriorityQueue<>(
                Comparator.<Entry>comparingLong(entry -> entry.at() - START).thenComparing(Entry::number));
        private long numbers;
        private int timed;

        @Override
        public Future<?> later(Runnable task, Duration delay) {
            timed++;
            return at(now + delay.toNanos(), task);
        }

        @Override
        public void soon(Runnable task) {
            at(now, task);
        }

        Future<?> at(long time, Runnable task) {
            Entry entry = new Entry(time, numbers++, task, new CompletableFuture<>());
            entries.add(entry);
            return entry.done();
        }

        void run(Duration time) {
            long end = now + time.toNanos();
            while (!entries.isEmpty() && entries.peek().at() - end <= 0) {
                Entry entry = entries.poll();
                now = entry.at();
                if (!entry.done().isCancelled()) {
                    entry.task().run();
                }
            }
            now = end;
        }
    }

    /** One that waits; it comes to the throttle a millisecond after it was told to go on. */
    private final class Call {
        private final String name;
        private final boolean paid;
        private final Cancellation cancellation = new Cancellation();
        private final PermitLine.Place place = line.place(cancellation);

        Call(String name, boolean paid) {
            this.name = name;
            this.paid = paid;
            calls.put(name, this);
        }

        void come() {
            if (!line.enter(place, paid, this::goOn)) {
                goOn();
            }
        }

        private void goOn() {
            if (cancellation.isCancelled() || place.turnedAway()) {
                line.leave(place);
                ended.add(name);
                return;
            }
            agenda.at(now + MILLI, () -> {
                if (throttle()) {
                    admitted.add(name);
                    agenda.at(now + MILLI / 10, () -> line.admitted(place));
                } else {
                    agenda.at(now + 10 * MILLI, this::come);
                }
            });
        }
    }

    private void limit(int requests) {
        limit = requests;
        ledger = new RollingLedger(requests, WINDOW, () -> now);
        line = new PermitLine(ledger, share, agenda, () -> now);
    }

    /** A rolling window of its own, as the route's throttle is. */
    private boolean throttle() {
        permits.removeIf(taken -> now - taken >= WINDOW.toNanos());
        return permits.size() < limit && permits.add(now);
    }

    private void intrude(String name) {
        if (throttle()) {
            admitted.add(name);
            line.admitted(null);
        }
    }

    private void comeAll(int count) {
        for (int i = 0; i < count; i++) {
            Call call = new Call("c" + i, false);
            agenda.at(now + i * MILLI / 10, call::come);
        }
    }

    private static List<String> names(int from, int to) {
        List<String> names = new ArrayList<>();
        for (int i = from; i < to; i++) {
            names.add("c" + i);
        }
        return names;
    }

    @ParameterizedTest
    @CsvSource({"1,10", "4,10", "4,32", "3,1000"})
    void everyone_isAdmittedInOrder_andNoWindowIsWasted(int requests, int count) {
        limit(requests);
        comeAll(count);
        long windows = (count - 1) / requests;

        agenda.run(WINDOW.multipliedBy(windows).plusMillis(100 + 5 * windows));

        assertThat(admitted).containsExactlyElementsOf(names(0, count));
    }

    @Test
    void aThousandWhoWait_setOneTimerForEachWindow() {
        limit(1);
        comeAll(1000);

        agenda.run(WINDOW.multipliedBy(50).plusMillis(500));

        assertThat(admitted).hasSize(51);
        assertThat(agenda.timed).isLessThan(200);
    }

    @ParameterizedTest
    @CsvSource({"1", "4"})
    void oneWhosePermitAnotherTook_staysTheFirst(int requests) {
        limit(requests);
        comeAll(requests + 10);
        // Each comes just when the permits are free, before the one who waits.
        for (int window = 1; window <= 3; window++) {
            String name = "intruder" + window;
            agenda.at(now + WINDOW.multipliedBy(window).toNanos() + (12L * window + 2) * MILLI, () -> intrude(name));
        }

        agenda.run(WINDOW.multipliedBy(3L + (requests + 10) / requests).plusSeconds(1));

        assertThat(admitted.stream().filter(name -> name.startsWith("c")))
                .containsExactlyElementsOf(names(0, requests + 10));
    }

    @Test
    void oneRejectedAllTheSame_waitsForTheNextPermitBeforeAllOthers() {
        limit(1);
        comeAll(4);
        agenda.run(Duration.ofMillis(1000));
        agenda.at(START + WINDOW.toNanos() + 2 * MILLI, () -> intrude("intruder"));
        agenda.run(Duration.ofMillis(1500));
        assertThat(admitted).containsExactly("c0", "intruder");
        new Call("c4", false).come();

        agenda.run(WINDOW.multipliedBy(4));

        assertThat(admitted).containsExactly("c0", "intruder", "c1", "c2", "c3", "c4");
    }

    @ParameterizedTest
    @CsvSource({"1", "4"})
    void thoseWhoGiveUp_areEndedAtOnce_andHoldNobodyUp(int requests) {
        limit(requests);
        comeAll(10 + requests);
        agenda.run(Duration.ofMillis(100));

        for (int i = requests; i < requests + 10; i += 2) {
            calls.get("c" + i).cancellation.cancel();
        }
        agenda.run(Duration.ofMillis(1));

        assertThat(ended).hasSize(5);
        agenda.run(WINDOW.multipliedBy((5 + requests - 1) / requests).plusMillis(100));
        assertThat(admitted).hasSize(requests + 5).doesNotContainAnyElementsOf(ended);
        assertThat(admitted).isSortedAccordingTo(Comparator.comparingInt(name -> Integer.parseInt(name.substring(1))));
    }

    @Test
    void oneWhoGivesUpOnTheWayToTheThrottle_leavesThePermitToTheNext() {
        limit(1);
        Call first = new Call("first", false);
        assertThat(line.enter(first.place, false, () -> {})).isFalse();
        new Call("second", false).come();

        line.leave(first.place);
        agenda.run(Duration.ofMillis(10));

        assertThat(admitted).containsExactly("second");
    }

    @Test
    void oneWhoHasGoneBeforeItComes_doesNotWait() {
        limit(1);
        comeAll(1);
        agenda.run(Duration.ofMillis(10));
        Call gone = new Call("gone", false);
        gone.cancellation.cancel();

        gone.come();

        assertThat(ended).containsExactly("gone");
    }

    @Test
    void permitForOneWhoDoesNotWait_isTheOneAfterTheLine() {
        limit(2);
        comeAll(7);
        agenda.run(Duration.ofMillis(500));

        // Two of the five take those of the next window, two those of the one after.
        assertThat(line.refuse()).isBetween(Duration.ofMillis(5500), Duration.ofMillis(5510));
        agenda.run(line.refuse().plusMillis(20));

        assertThat(admitted).hasSize(7);
        assertThat(throttle()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"2", "3", "9"})
    void whoIsToldWhenToComeBack_findsAPermitThen_thoughManyWait(int requests) {
        share = PermitLine.Share.of(requests, WINDOW);
        limit(requests);
        comeAll(200);
        agenda.run(Duration.ofMillis(500));

        for (int i = 0; i < 5; i++) {
            Duration told = line.refuse();
            assertThat(told).isPositive();
            agenda.run(told.plusMillis(300));
            intrude("caller" + i);
            assertThat(admitted).contains("caller" + i);
        }

        int before = admitted.size();
        agenda.run(WINDOW.multipliedBy(5));
        // Nobody comes back any more: after a while the line has every permit again.
        assertThat(admitted.size() - before).isBetween(4 * requests - 2, 5 * requests);
    }

    @Test
    void whoDoesNotWait_findsAPermitInEachWindow_howeverManyWait() {
        share = PermitLine.Share.of(20, WINDOW);
        limit(10);
        comeAll(100);
        agenda.run(Duration.ofMillis(500));

        assertThat(admitted).hasSize(8);
        for (int window = 1; window <= 5; window++) {
            assertThat(line.refuse()).isZero();
            intrude("first" + window);
            intrude("second" + window);
            assertThat(line.refuse()).isPositive();
            agenda.run(WINDOW.plusMillis(50));
        }

        assertThat(admitted.stream().filter(name -> !name.startsWith("c"))).hasSize(10);
        assertThat(admitted.stream().filter(name -> name.startsWith("c"))).containsExactlyElementsOf(names(0, 48));
    }

    @Test
    void stop_endsTheWaitsThatHoldNothingPaidFor_andThoseThatTakeTooLong() {
        limit(1);
        comeAll(3);
        agenda.at(now + MILLI, () -> new Call("paid", true).come());
        agenda.at(now + MILLI, () -> new Call("paid-2", true).come());
        agenda.run(Duration.ofMillis(500));

        line.stop(Duration.ofSeconds(3));
        agenda.run(Duration.ofMillis(1));

        assertThat(ended).containsExactly("c1", "c2", "paid-2");
        new Call("late", false).come();
        new Call("late-paid", true).come();
        assertThat(ended).contains("late", "late-paid");
        agenda.run(Duration.ofSeconds(2));
        assertThat(admitted).containsExactly("c0", "paid");
    }

    @Test
    void afterAStop_aFreePermitIsStillGiven() {
        limit(1);
        line.stop(Duration.ofSeconds(3));

        new Call("first", false).come();
        agenda.run(Duration.ofMillis(10));

        assertThat(admitted).containsExactly("first");
    }
}
