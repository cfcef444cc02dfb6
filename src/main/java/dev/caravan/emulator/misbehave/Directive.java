package dev.caravan.emulator.misbehave;

import dev.caravan.emulator.aws.AwsFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How one call misbehaves. A key that was not given leaves that part of the answer as it is.
 *
 * @param error the call is answered with this error
 * @param times how many calls misbehave before one is properly answered; empty: every call
 * @param delay wait before the answer
 * @param text the model's answer, or the input of a tool that was asked for, or the words of the error
 * @param stop the stop reason: a word that is understood for all formats ({@code end_turn}, {@code max_tokens}, {@code
 *     stop_sequence}, {@code tool_use}, {@code content_filtered}, {@code refusal}), or one of the model's own
 * @param malformed the answer is a 200 whose body is no JSON
 * @param empty the answer has no content
 * @param reset the connection is closed without an answer
 */
public record Directive(
        Optional<AwsFailure> error,
        OptionalInt times,
        Duration delay,
        Optional<String> text,
        Optional<String> stop,
        boolean malformed,
        boolean empty,
        boolean reset) {

    /** A proper answer. */
    public static final Directive NONE = new Directive(
            Optional.empty(),
            OptionalInt.empty(),
            Duration.ZERO,
            Optional.empty(),
            Optional.empty(),
            false,
            false,
            false);
}
