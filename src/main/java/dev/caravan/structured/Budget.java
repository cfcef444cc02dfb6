package dev.caravan.structured;

import com.networknt.schema.JsonSchemaException;
import java.util.function.LongSupplier;

/**
 * How much one check may do and build. The engine hands nothing of ours to the places that take long (keywords of a schema
 * that unfolds, regular expressions), so the budget of the work in progress belongs to its thread.
 *
 * <p>Work is counted, because time is not the work's own: on a machine that is full, a small check takes long. A clock
 * stands behind it for work that counts badly.
 */
final class Budget {
    /** For compiling a schema, and for checking all that one answer holds: about half a second of one core. */
    static final int UNITS = 40_000_000;

    /** Longest time of it, whatever was counted. */
    static final long NANOS = 15_000_000_000L;

    /** Keywords that a schema may unfold to, references followed: about 50 MB. */
    static final int MAX_KEYWORDS = 100_000;

    /** What a keyword takes at least, in characters that a regular expression reads. */
    private static final int UNITS_OF_A_KEYWORD = 30;

    private static final int UNITS_PER_LOOK = 4_096;
    private static final ThreadLocal<Budget> CURRENT = new ThreadLocal<>();

    private final LongSupplier clock;
    private final long end;
    private int left = UNITS;
    private int untilLook = UNITS_PER_LOOK;
    private int keywords;
    private volatile boolean stopped;

    Budget(LongSupplier clock) {
        this.clock = clock;
        this.end = clock.getAsLong() + NANOS;
    }

    /** A small step of the work of this thread, such as a character that is read, if it has a budget. */
    static void step() {
        spend(1);
    }

    /** A keyword of a schema is held against a value. */
    static void evaluation() {
        spend(UNITS_OF_A_KEYWORD);
    }

    /** A keyword of a schema was built. */
    static void keyword() {
        Budget budget = CURRENT.get();
        if (budget != null) {
            budget.count(UNITS_OF_A_KEYWORD);
            if (++budget.keywords > MAX_KEYWORDS) {
                throw new Exceeded("it unfolds to more than " + MAX_KEYWORDS + " keywords");
            }
        }
    }

    private static void spend(int units) {
        Budget budget = CURRENT.get();
        if (budget != null) {
            budget.count(units);
        }
    }

    /** Keywords built so far. */
    int keywords() {
        return keywords;
    }

    /**
     * Runs work under this budget; once more on a large stack, under what is left of it, when it takes more stack than
     * this thread has.
     *
     * @param work may be begun twice
     * @throws Exceeded when the budget or the large stack is used up
     */
    void run(Runnable work) {
        try {
            here(work);
        } catch (StackOverflowError e) {
            deep(work);
        }
    }

    private void here(Runnable work) {
        CURRENT.set(this);
        try {
            work.run();
        } finally {
            CURRENT.remove();
        }
    }

    private void deep(Runnable work) {
        try {
            if (!DeepStack.run(() -> here(work), end - clock.getAsLong(), () -> stopped = true)) {
                throw new Exceeded("it waits too long for a larger stack");
            }
        } catch (StackOverflowError e) {
            throw new Exceeded("a pattern or reference goes too deep for this answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Exceeded("it was interrupted");
        }
    }

    private void count(int units) {
        left -= units;
        untilLook -= units;
        if (left < 0 || untilLook < 0 && (stopped || clock.getAsLong() - end > 0)) {
            throw new Exceeded("it takes too long");
        }
        untilLook = untilLook < 0 ? UNITS_PER_LOOK : untilLook;
    }

    /** The work was stopped. Of the engine's own kind, because its keywords let that pass unlogged. */
    static final class Exceeded extends JsonSchemaException {
        private static final long serialVersionUID = 1L;

        Exceeded(String message) {
            super(message);
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
