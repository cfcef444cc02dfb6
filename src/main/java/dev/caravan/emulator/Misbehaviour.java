package dev.caravan.emulator;

import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.answer.Conversation.Turn;
import dev.caravan.emulator.misbehave.Directive;
import dev.caravan.emulator.misbehave.DirectiveLine;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Decides how a call goes: by the script, else by the last user message that has an {@code @emulator} line. */
final class Misbehaviour {
    private final Script script;
    private final CallCounter counter;

    Misbehaviour(Script script, CallCounter counter) {
        this.script = script;
        this.counter = counter;
    }

    /** The next reply of the script, if there is one; it is used up by this. */
    Optional<Directive> scripted() {
        return script.next();
    }

    /**
     * @param streamed whether the answer is a stream; a call in one piece that meets nothing but a stream's fault does not count
     * @throws dev.caravan.emulator.aws.AwsFailure ValidationException for a line that cannot be read
     */
    Directive prompted(Conversation conversation, boolean streamed) {
        List<Turn> turns = conversation.turns();
        for (int i = turns.size() - 1; i >= 0; i--) {
            Optional<Directive> found =
                    turns.get(i).user() ? DirectiveLine.find(turns.get(i).text()) : Optional.empty();
            if (found.isPresent()) {
                boolean counts = streamed || !found.get().concernsStreamsOnly();
                return counts ? counted(found.get(), turns.subList(0, i + 1)) : found.get();
            }
        }
        return Directive.NONE;
    }

    private Directive counted(Directive directive, List<Turn> upToHere) {
        return directive.times().isEmpty()
                        || counter.take(hash(upToHere), directive.times().getAsInt())
                ? directive
                : Directive.NONE;
    }

    private static String hash(List<Turn> turns) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Turn turn : turns) {
                digest.update((turn.user() + ":" + turn.text().length() + ":" + turn.text())
                        .getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
