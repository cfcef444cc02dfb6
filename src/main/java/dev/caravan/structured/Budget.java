package dev.caravan.structured;

import com.networknt.schema.JsonSchemaException;
import java.util.function.LongSupplier;

/**
 * How long one check may take and how much it may build. The engine hands nothing of ours to the places that take long
 * (keywords of a schema that unfolds, regular expressions), so the budget of the work in progress belongs to its thread.
 */
final class Budget {
    /** For compiling a schema, and for checking all that one answer holds. */
    static final long NANOS = 1_000_000_000L;

    /** Keywords that a schema may unfold to, references followed: about 50 MB. */
    static final int MAX_KEYWORDS = 100_000;

    private static final int STEPS_PER_LOOK = 64;
    private static final ThreadLocal<Budget> CURRENT = new ThreadLocal<>();

    private final LongSupplier clock;
    private final long end;
    private int steps;
    private int keywords;

    Budget(LongSupplier clock) {
        this.clock = clock;
        this.end = clock.getAsLong() + NANOS;
    }

    /** A step of the work of this thread, if it has a budget. */
    static void step() {
        Budget budget = CURRENT.get();
        if (budget != null) {
            budget.count();
        }
    }

    /** A keyword of a schema was built. */
    static void keyword() {
        Budget budget = CURRENT.get();
        if (budget != null) {
            budget.count();
            if (++budget.keywords > MAX_KEYWORDS) {
                throw new Exceeded("it unfolds to more than " + MAX_KEYWORDS + " keywords");
            }
        }
    }

    /** Keywords built so far. */
    int keywords() {
        return keywords;
    }

    /**
     * Runs work under this budget, also within work under another one.
     *
     * @throws Exceeded when it is used up
     */
    void run(Runnable work) {
        Budget outer = CURRENT.get();
        CURRENT.set(this);
        try {
            work.run();
        } catch (StackOverflowError e) {
            throw new Exceeded("it is nested too deeply");
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
        }
    }

    private void count() {
        if (++steps % STEPS_PER_LOOK == 0 && clock.getAsLong() - end > 0) {
            throw new Exceeded("it takes too long");
        }
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
