package dev.caravan.chat;

import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Flow;

/**
 * An answer whose parts are given out as they come:
 *
 * <pre>{@code
 * try (LlmStream stream = client.stream("…")) {
 *     for (String words : stream.texts()) {
 *         System.out.print(words);
 *     }
 *     System.out.println(stream.reply().usage());
 * }
 * }</pre>
 *
 * <p><b>One consumer</b> takes the parts: {@link #iterator()} or {@link #texts()}, a subscriber, or {@link #reply()} alone. The
 * model is asked when it begins: with the first iterator, the first {@code request} of the subscriber, or {@code reply()}.
 * Who takes parts slowly slows the provider down; about 16 of them wait here at most.
 *
 * <p><b>Failures</b> are {@link dev.caravan.error.LlmException}s: thrown where a part or the reply is waited for, or given to
 * {@code onError}, after the parts that came before. Until the first part a failed call is tried again like any other, after it
 * never.
 *
 * <p><b>Leaving early.</b> {@link #close()}, the subscription's {@code cancel}, and an interrupt of the waiting thread (which keeps
 * its flag) cut the call off upstream. Who waits for a part then, or asks for the reply, gets a {@link
 * java.util.concurrent.CancellationException}; a subscriber gets it in {@code onError} when its stream is closed, and nothing when
 * it cancels.
 *
 * <p><b>Subscribers</b> are called on Caravan's threads, one call at a time, with no more parts than they asked for, and may block
 * there.
 *
 * <p><b>Answers that are valid against a schema.</b> The parts are provisional: when an invalid answer is sent back to the model,
 * {@link #answer()} of the next part is greater, and the parts of the earlier answers are void. What counts is
 * {@code reply().data()}.
 */
public interface LlmStream extends Flow.Publisher<Part>, Iterable<Part>, AutoCloseable {

    /**
     * The parts; {@code hasNext} waits for the next one. For one thread. A failure is thrown once, and ends it: {@code hasNext} is
     * false from then on.
     *
     * @throws IllegalStateException when the parts have a consumer already
     */
    @Override
    Iterator<Part> iterator();

    /** The same for the text alone: reasoning and calls of tools are passed over. */
    Iterable<String> texts();

    /**
     * Gives the parts to a subscriber. One that comes when the parts have a consumer already gets an {@link
     * IllegalStateException}.
     */
    @Override
    void subscribe(Flow.Subscriber<? super Part> subscriber);

    /**
     * The whole reply. It takes the parts that nobody has taken and waits for the end; with a subscriber it only waits, and in
     * {@code onComplete} it is there at once.
     *
     * @throws dev.caravan.error.LlmException when the call fails
     * @throws java.util.concurrent.CancellationException when the stream was closed before its end, or the thread is interrupted
     * @throws IllegalStateException when the subscriber calls it in {@code onNext}, where it would wait for itself
     */
    LlmReply reply();

    /**
     * Number of the answer that the part given out last belongs to, from 1; 0 before the first. It grows only in answers by a
     * schema.
     */
    int answer();

    /** What is known as soon as the answer begins to come; empty before. */
    Optional<StreamStart> start();

    /**
     * Cuts the call off, if it is not at its end. Parts that nobody has taken are gone: who asks for one, or for a reply that was not
     * there yet, gets a {@link java.util.concurrent.CancellationException}. Further calls do nothing.
     */
    @Override
    void close();
}
