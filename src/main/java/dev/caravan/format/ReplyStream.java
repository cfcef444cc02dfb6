package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Part;
import dev.caravan.chat.Usage;
import java.util.function.Consumer;

/**
 * Reads the stream of one reply, event by event. Not thread-safe.
 *
 * <p>It puts the events together to the body that the same answer would have had in one piece, and {@link #end} reads that
 * as {@link ModelFormat#read} does. On the way it gives out what is certain to stand in that reply: the joined parts are the
 * reply's text, reasoning and calls, wherever the events were cut.
 */
public interface ReplyStream {

    /**
     * Reads an event. One of a kind that it does not know is passed over.
     *
     * @param type {@code chunk} for the events of InvokeModelWithResponseStream, else the name of ConverseStream's event
     * @param event the event's JSON; of a {@code chunk} the model's own, without its base64
     * @param parts takes what has become certain
     * @throws dev.caravan.error.LlmException {@code provider_error} for an event that cannot be read
     */
    void read(String type, JsonNode event, Consumer<Part> parts);

    /** Whether the answer's own end has come: a stream that ends without it was cut off. Counts may follow. */
    boolean ended();

    /** The counts so far, for a stream that does not get to its end. */
    Usage usage();

    /**
     * The reply as far as it came, for a stream that does not get to its end; null when there is nothing in it yet. Nothing
     * is read from the stream afterwards.
     */
    FormatReply soFar();

    /**
     * Reads the whole reply, once the stream is over.
     *
     * @param parts takes what was held back
     * @throws dev.caravan.error.LlmException {@code provider_error}, with the counts, when it is unreadable or has no content
     */
    FormatReply end(Consumer<Part> parts);
}
