package dev.caravan.emulator;

import dev.caravan.emulator.misbehave.Directive;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Replies that a test has put in line; each serves one call, or as many as its {@code times} says. Thread-safe. */
final class Script {
    private static final int MAX_REPLIES = 10_000;

    private final Deque<Directive> replies = new ArrayDeque<>();
    private int usedOfFirst;

    /** @throws IllegalArgumentException when more than 10000 would wait */
    synchronized void add(List<Directive> more) {
        if (replies.size() + more.size() > MAX_REPLIES) {
            throw new IllegalArgumentException("more than " + MAX_REPLIES + " replies");
        }
        replies.addAll(more);
    }

    synchronized Optional<Directive> next() {
        Directive first = replies.peek();
        if (first != null && ++usedOfFirst >= first.times().orElse(1)) {
            replies.remove();
            usedOfFirst = 0;
        }
        return Optional.ofNullable(first);
    }

    synchronized void clear() {
        replies.clear();
        usedOfFirst = 0;
    }
}
