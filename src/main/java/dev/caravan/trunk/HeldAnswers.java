package dev.caravan.trunk;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much is kept of all streamed answers that have not come to their end: each of them stays in memory until it is
 * whole. Refused is what would fill the heap, since running out of memory ends the answers of all. Thread-safe.
 */
final class HeldAnswers {
    /** A character takes one byte or two, as much again while its text grows, and that twice when the whole answer is read. */
    private static final int HEAP_PER_CHARACTER = 8;

    private final long most;
    private final AtomicLong held = new AtomicLong();

    /** @param most characters, at least 1 */
    HeldAnswers(long most) {
        this.most = most;
    }

    /** For all of this process. */
    static HeldAnswers forHeap() {
        return new HeldAnswers(Runtime.getRuntime().maxMemory() / HEAP_PER_CHARACTER);
    }

    /**
     * More of an answer. It counts, refused or not, until it is removed.
     *
     * @throws LlmException {@code overloaded} when too much is kept
     */
    void add(int characters) {
        if (held.addAndGet(characters) > most) {
            throw LlmException.of(
                    ErrorKind.OVERLOADED,
                    "Caravan keeps more than " + most
                            + " characters of answers that are still being streamed; this one was cut off.");
        }
    }

    /** What was added of an answer that is over. */
    void remove(long characters) {
        held.addAndGet(-characters);
    }

    /** Characters that are kept now. */
    long now() {
        return held.get();
    }
}
