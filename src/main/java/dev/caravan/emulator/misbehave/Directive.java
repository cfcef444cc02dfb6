package dev.caravan.emulator.misbehave;

import dev.caravan.emulator.aws.AwsFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How one call misbehaves. A key that was not given leaves that part of the answer as it is.
 *
 * @param error the call is answered with this error, or with {@link StreamFault#EXCEPTION} beside it a stream ends with it
 * @param times how many calls misbehave before one is properly answered; empty: every call
 * @param delay wait before the answer
 * @param text the model's answer, or the input of a tool that was asked for, or the words of the error
 * @param stop the stop reason: a word that is understood for all formats ({@code end_turn}, {@code max_tokens}, {@code
 *     stop_sequence}, {@code tool_use}, {@code content_filtered}, {@code refusal}), or one of the model's own
 * @param malformed the answer is a 200 whose body is no JSON, or a stream with a frame that has none
 * @param empty the answer has no content
 * @param reset the connection is closed without an answer
 * @param fault what goes wrong within a stream
 * @param after so many pieces of content come properly before; at least 0
 */
public record Directive(
        Optional<AwsFailure> error,
        OptionalInt times,
        Duration delay,
        Optional<String> text,
        Optional<String> stop,
        boolean malformed,
        boolean empty,
        boolean reset,
        Optional<StreamFault> fault,
        int after) {

    /** A proper answer. */
    public static final Directive NONE = new Directive(
            Optional.empty(),
            OptionalInt.empty(),
            Duration.ZERO,
            Optional.empty(),
            Optional.empty(),
            false,
            false,
            false,
            Optional.empty(),
            0);

    /** Whether the error comes in the stream and not in place of it. */
    public boolean failsInStream() {
        return fault.filter(StreamFault.EXCEPTION::equals).isPresent();
    }

    /** Whether it does nothing to a call that is answered in one piece: all it has is what goes wrong within a stream. */
    public boolean concernsStreamsOnly() {
        return fault.isPresent()
                && new Directive(error, OptionalInt.empty(), delay, text, stop, malformed, empty, reset, NONE.fault, 0)
                        .equals(NONE);
    }

    /** The same without its own words for the answer: beside an error they are the error's. */
    public Directive withoutText() {
        return new Directive(error, times, delay, Optional.empty(), stop, malformed, empty, reset, fault, after);
    }
}
