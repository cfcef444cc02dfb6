package dev.caravan.trunk;

import dev.caravan.chat.Part;
import dev.caravan.chat.StreamStart;

/**
 * Takes the parts of an answer as they come; set by whoever asks with {@link dev.caravan.chat.LlmRequest#stream()}, as the
 * exchange property {@link ExchangeKeys#PART_SINK}. The exchange ends as ever: with the whole reply as its body, or with
 * a failure, after the last part was given out.
 *
 * <p>The trunk makes one call at a time, from any thread, most often an event loop: none of them may block or throw.
 */
public interface PartSink {

    /** The answer begins: once, before the first part, at the latest before the exchange ends with a reply. Never before a failure that may be retried. */
    void begin(StreamStart start);

    /**
     * A part. All parts of one event of the provider come, whatever {@link #ready} said last.
     *
     * @param answer number of the answer that it belongs to: 1, and more when a request for valid JSON sent an invalid
     *     answer back to the model; the parts of an earlier answer are void then
     */
    void part(Part part, int answer);

    /**
     * Asked before the next event is read from the provider.
     *
     * @param resume run once, on any thread, as soon as more can be taken, if that is not so now; never run otherwise
     * @return whether more can be taken now
     */
    boolean ready(Runnable resume);
}
