package dev.caravan.format;

import dev.caravan.chat.Part;
import java.util.List;
import java.util.function.Consumer;

/**
 * Text and reasoning of a streamed answer, where reasoning may come apart from the text, or between tags at its beginning, or
 * both; gives out what is certain to stand in both. Not thread-safe.
 *
 * <p>Reasoning between tags goes out only where none comes apart, which it would have to follow. Reasoning apart that first
 * comes when the text has gone too far to be read beside it does not count.
 */
final class ReasonedText implements StreamedBlocks.Said {

    /**
     * @param tags the opening and the closing tag; empty for none
     * @param unopened whether the opening one may lack where no reasoning comes apart
     * @param stripped whether reasoning apart loses the white space around it, and the text that before it; else that is so
     *     only for reasoning that other reasoning between tags follows
     */
    record Manner(List<String> tags, boolean unopened, boolean stripped) {}

    private final Manner manner;
    private final PartEmitter emitter;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder apart = new StringBuilder();
    private final StringBuilder space = new StringBuilder();
    private InlineReasoningStream inline;
    private boolean thought;
    private boolean began;
    private boolean apartBegan;
    private boolean apartHeld;
    private boolean inlineThought;
    private int givenText;
    private int skip;

    ReasonedText(Manner manner, PartEmitter emitter) {
        this.manner = manner;
        this.emitter = emitter;
        inline = inline(manner.unopened());
    }

    private InlineReasoningStream inline(boolean unopened) {
        return manner.tags().isEmpty()
                ? null
                : new InlineReasoningStream(manner.tags().get(0), manner.tags().get(1), false, unopened);
    }

    String text() {
        return text.toString();
    }

    String apart() {
        return apart.toString();
    }

    @Override
    public void text(String piece, Consumer<Part> out) {
        text.append(piece);
        read(piece, out);
    }

    private void read(String piece, Consumer<Part> out) {
        String more = thought && manner.stripped() && !began ? piece.stripLeading() : piece;
        began = began || !more.isEmpty();
        if (inline == null) {
            give(more, out);
            return;
        }
        inline.add(more, new InlineReasoningStream.Pieces() {
            @Override
            public void text(String certain) {
                give(certain, out);
            }

            @Override
            public void reasoning(String certain) {
                if (!thought) {
                    inlineThought = true;
                    emitter.reasoning(certain, out);
                }
            }
        });
    }

    private void give(String certain, Consumer<Part> out) {
        int known = Math.min(skip, certain.length());
        skip -= known;
        givenText += certain.length() - known;
        emitter.text(certain.substring(known), out);
    }

    @Override
    public boolean reasoning(String piece, Consumer<Part> out) {
        boolean first = !thought && !piece.isBlank();
        if (first && comesTooLate()) {
            return false;
        }
        apart.append(piece);
        if (manner.stripped() || inline != null) {
            giveApart(piece, out);
        } else {
            emitter.reasoning(piece, out);
        }
        if (first) {
            thought = true;
            readAgain(out);
        }
        return true;
    }

    private boolean comesTooLate() {
        boolean indented = givenText > 0 && Character.isWhitespace(text.charAt(0));
        boolean tail = givenText > 0 && inline != null && inline.foundUnopened();
        return inlineThought || tail || manner.stripped() && indented;
    }

    /** The text is another beside reasoning that comes apart. */
    private void readAgain(Consumer<Part> out) {
        inline = inline(false);
        began = false;
        skip = givenText;
        read(text.toString(), out);
    }

    /** Without the white space around it, as far as that may go. */
    private void giveApart(String piece, Consumer<Part> out) {
        String more = apartBegan ? piece : piece.stripLeading();
        apartHeld = apartHeld || !manner.stripped() && more.length() < piece.length();
        if (more.isEmpty() || apartHeld) {
            return;
        }
        apartBegan = true;
        String said = more.stripTrailing();
        if (!said.isEmpty()) {
            emitter.reasoning(space + said, out);
            space.setLength(0);
        }
        space.append(more, said.length(), more.length());
    }
}
