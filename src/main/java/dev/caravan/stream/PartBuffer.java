package dev.caravan.stream;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.Part;
import dev.caravan.chat.StreamStart;
import dev.caravan.dialect.Problem;
import dev.caravan.trunk.PartSink;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The parts between the trunk and their consumer. It asks for more while fewer than {@value #WINDOW} wait, or, once a subscriber
 * counts, while not more wait than it asked for: the one ahead of its demand lets an end be seen that follows the last part.
 * Thread-safe; nothing foreign is called under the lock.
 */
final class PartBuffer implements PartSink {
    static final int WINDOW = 16;

    /** A part with the number of its answer. */
    record Numbered(Part part, int answer) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Numbered> parts = new ArrayDeque<>();
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private volatile StreamStart start;
    private Runnable listener = () -> {};
    private Runnable resume;
    private boolean counting;
    private long demand;
    private boolean over;
    private LlmReply reply;
    private Throwable failure;
    private boolean closed;

    @Override
    public void begin(StreamStart known) {
        start = known;
    }

    /** Null before the answer begins. */
    StreamStart start() {
        return start;
    }

    @Override
    public void part(Part part, int answer) {
        change(() -> {
            if (!closed && !over) {
                parts.add(new Numbered(part, answer));
            }
        });
        begun.complete(null);
    }

    @Override
    public boolean ready(Runnable whenReady) {
        lock.lock();
        try {
            if (closed || over || hasRoom()) {
                return true;
            }
            resume = whenReady;
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoom() {
        return counting ? parts.size() <= demand : parts.size() < WINDOW;
    }

    /** The call is over: with a reply, or with a failure. */
    void end(LlmReply whole, Throwable thrown) {
        change(() -> {
            over = true;
            reply = whole;
            failure = thrown;
        });
        if (thrown == null) {
            begun.complete(null);
        } else {
            begun.completeExceptionally(thrown);
        }
    }

    /** Parts that wait are dropped, and no more are taken. */
    void close() {
        change(() -> {
            closed |= !over || !parts.isEmpty();
            parts.clear();
        });
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends with the first part or the reply, or with a failure before them; on the trunk's thread. */
    CompletableFuture<Void> begun() {
        return begun;
    }

    /** Asks for no more than is {@linkplain #request requested} from now on, and tells of every change. */
    void count(Runnable onChange) {
        lock.lock();
        try {
            counting = true;
            listener = onChange;
        } finally {
            lock.unlock();
        }
    }

    /** @param n more parts wanted, at least 1 */
    void request(long n) {
        change(() -> demand = demand + n < 0 ? Long.MAX_VALUE : demand + n);
    }

    /** The next part for a subscriber; null when there is none, or none is wanted. */
    Numbered poll() {
        lock.lock();
        Numbered next;
        Runnable more;
        try {
            next = demand == 0 ? null : parts.poll();
            if (next != null && demand != Long.MAX_VALUE) {
                demand--;
            }
            more = moreIfRoom();
        } finally {
            lock.unlock();
        }
        more.run();
        return next;
    }

    /**
     * Waits for the next part; null at the end of the reply.
     *
     * @throws RuntimeException the failure, made anew for this caller, or a CancellationException once closed
     */
    Numbered take() throws InterruptedException {
        lock.lockInterruptibly();
        Numbered next;
        Runnable more;
        try {
            while (parts.isEmpty() && !over && !closed) {
                changed.await();
            }
            requireNotClosed();
            next = parts.poll();
            if (next == null && failure != null) {
                throw anew(failure);
            }
            more = moreIfRoom();
        } finally {
            lock.unlock();
        }
        more.run();
        return next;
    }

    /**
     * Waits for the reply, while another takes the parts.
     *
     * @throws RuntimeException as of {@link #take}
     */
    LlmReply awaitReply() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!over && !closed) {
                changed.await();
            }
            if (reply != null) {
                return reply;
            }
            requireNotClosed();
            throw anew(failure);
        } finally {
            lock.unlock();
        }
    }

    private void requireNotClosed() {
        if (closed) {
            throw new CancellationException("The stream was closed before its end.");
        }
    }

    /** Whether the call is over, parts that wait notwithstanding. */
    boolean isOver() {
        lock.lock();
        try {
            return over;
        } finally {
            lock.unlock();
        }
    }

    /** What a subscriber hears at the end; null while there is more to come. */
    Ending ending() {
        lock.lock();
        try {
            if (closed) {
                return new Ending(new CancellationException("The stream was closed before its end."));
            }
            return over && parts.isEmpty() ? new Ending(failure) : null;
        } finally {
            lock.unlock();
        }
    }

    /** @param failure null for an end with a reply */
    record Ending(Throwable failure) {}

    /** A failure is thrown anew, so that its stack trace begins with the caller. */
    private static RuntimeException anew(Throwable failure) {
        return failure instanceof IllegalStateException wrongUse
                ? new IllegalStateException(wrongUse.getMessage(), wrongUse)
                : Problem.visible(failure).toBuilder().build();
    }

    private void change(Runnable change) {
        lock.lock();
        Runnable more;
        Runnable told;
        try {
            change.run();
            changed.signalAll();
            more = moreIfRoom();
            told = listener;
        } finally {
            lock.unlock();
        }
        more.run();
        told.run();
    }

    /** To be run without the lock. */
    private Runnable moreIfRoom() {
        if (resume == null || closed || over || !hasRoom()) {
            return () -> {};
        }
        Runnable more = resume;
        resume = null;
        return more;
    }
}
