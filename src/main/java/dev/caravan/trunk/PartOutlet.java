package dev.caravan.trunk;

import dev.caravan.chat.Part;
import dev.caravan.chat.StreamStart;
import dev.caravan.dialect.Problem;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.format.FormatReply;
import dev.caravan.runtime.Texts;

/**
 * Gives the parts of a streamed request's answers to its sink. Whatever a sink throws ends the request. Used by one thread at
 * a time.
 */
final class PartOutlet {
    private final PartSink sink;
    private final CallClock clock;
    private StreamStart start;
    private boolean begun;
    private int answer = 1;
    private boolean ownTool;
    private boolean given;
    private String held = "";

    PartOutlet(PartSink sink, CallClock clock) {
        this.sink = sink;
        this.clock = clock;
    }

    /** What the sink is told when the answer begins. */
    void start(StreamStart value) {
        this.start = value;
    }

    /**
     * An attempt at an answer begins.
     *
     * @param number 1, and one more for each answer that was sent back
     * @param tool whether the model answers by our own tool, whose input is told as text
     */
    void answer(int number, boolean tool) {
        if (number != answer) {
            answer = number;
            given = false;
        }
        ownTool = tool;
        held = "";
    }

    /** Whether a part of the answer was given out, so that it cannot be had anew. */
    boolean given() {
        return given;
    }

    /** Tells the sink once that the answer begins. */
    void begin() {
        if (!begun) {
            begun = true;
            guarded(() -> sink.begin(start));
        }
    }

    /** @return whether more can be taken now; {@code resume} is run later if not */
    boolean ready(Runnable resume) {
        try {
            return sink.ready(resume);
        } catch (Throwable e) {
            throw ended(e);
        }
    }

    void part(Part part) {
        if (!ownTool || !(part instanceof Part.ToolInput input) || !input.name().equals(AnswerPlan.TOOL)) {
            give(part);
            return;
        }
        String whole = held + input.input();
        int length = whole.length();
        int end = length > 0 && Character.isHighSurrogate(whole.charAt(length - 1)) ? length - 1 : length;
        held = whole.substring(end);
        if (end > 0) {
            give(new Part.Text(Texts.wellFormed(whole.substring(0, end))));
        }
    }

    private void give(Part part) {
        begin();
        given = true;
        clock.partGiven();
        guarded(() -> sink.part(part, answer));
    }

    /** The parts of a reply that came in one piece; none of one with calls that cannot be read, which is no answer. */
    void parts(FormatReply reply) {
        if (!reply.unreadCalls().isEmpty()) {
            return;
        }
        Part.whole(reply.reasoning(), reply.text(), reply.toolCalls()).forEach(this::part);
    }

    private static void guarded(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            throw ended(e);
        }
    }

    private static LlmException ended(Throwable thrown) {
        return Problem.visible(thrown).toBuilder().retry(Retry.NEVER).build();
    }
}
