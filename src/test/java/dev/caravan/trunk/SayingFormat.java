package dev.caravan.trunk;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.format.FormatReply;
import dev.caravan.format.ModelFormat;
import dev.caravan.format.ReplyStream;
import dev.caravan.format.WireReply;
import dev.caravan.model.Model;
import java.util.List;
import java.util.function.Consumer;

/** A format of events {@code {"text"}}, {@code {"in"}}, {@code {"end"}}; {@code {"bug"}} and {@code {"bad"}} cannot be read. */
final class SayingFormat implements ModelFormat {
    @Override
    public String name() {
        return "saying";
    }

    @Override
    public boolean tools() {
        return false;
    }

    @Override
    public byte[] write(LlmRequest request, Model model) {
        return new byte[0];
    }

    @Override
    public FormatReply read(WireReply reply) {
        throw new AssertionError("not in one piece");
    }

    @Override
    public ReplyStream stream(LlmRequest request, Model model) {
        return new Saying();
    }

    private static final class Saying implements ReplyStream {
        private final StringBuilder text = new StringBuilder();
        private Long input;
        private boolean ended;
        private String held = "";

        @Override
        public void read(String type, JsonNode event, Consumer<Part> parts) {
            if (event.has("bug")) {
                throw new IllegalStateException("a bug");
            }
            if (event.has("bad")) {
                throw LlmException.of(ErrorKind.PROVIDER_ERROR, "The event cannot be read.");
            }
            if (event.has("in")) {
                input = event.path("in").longValue();
            }
            String more = event.path("text").asText();
            if (!more.isEmpty()) {
                text.append(more);
                parts.accept(new Part.Text(more));
            }
            held = event.path("held").asText(held);
            ended |= event.has("end");
        }

        @Override
        public boolean ended() {
            return ended;
        }

        @Override
        public Usage usage() {
            return Usage.of(input, null);
        }

        @Override
        public FormatReply soFar() {
            return text.isEmpty()
                    ? null
                    : new FormatReply(text + held, null, List.of(), StopReason.OTHER, null, usage());
        }

        @Override
        public FormatReply end(Consumer<Part> parts) {
            if (!held.isEmpty()) {
                parts.accept(new Part.Text(held));
            }
            if (text.isEmpty()) {
                throw LlmException.of(ErrorKind.PROVIDER_ERROR, "The reply is empty.");
            }
            return new FormatReply(
                    text + held, null, List.of(), StopReason.END_TURN, "end", Usage.of(input, (long) text.length()));
        }
    }
}
