package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.chat.Usage;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.function.Consumer;

/** The stream of a family whose reply is one text. */
final class PromptStream extends JoinedStream {
    private final ReplyReading.Counts usage;
    private final TextFilter filter;
    private final InlineReasoningStream reasoning;
    private final StringBuilder text = new StringBuilder();
    private final ObjectNode counts = Json.object();
    private PromptChunks chunks;
    private String stopReason;

    /** How a family's stream is read. */
    static final class Builder {
        private final PromptChunks chunks;
        private final ReplyReading.Counts usage;
        private TextFilter filter = new PairFilter().then(new LeadingSpaceFilter());
        private InlineReasoningStream reasoning;

        /** @param usage reads the token counts of the unary body */
        Builder(PromptChunks chunks, ReplyReading.Counts usage) {
            this.chunks = chunks;
            this.usage = usage;
        }

        Builder endTokens(List<String> tokens) {
            filter = filter.then(new EndTokenFilter(tokens));
            return this;
        }

        /** Stop sequences that the model itself does not mind. */
        Builder stop(List<String> stop) {
            filter = stop.isEmpty() ? filter : filter.then(new StopFilter(stop));
            return this;
        }

        /** Calls of tools in the text, as Llama's models write them. */
        Builder calls(LlmRequest request) {
            filter = LlamaToolCalls.offered(request) ? filter.then(new CallFilter()) : filter;
            return this;
        }

        Builder reasoning(InlineReasoningStream told) {
            reasoning = told;
            return this;
        }

        ReplyStream open(ModelFormat format, LlmRequest request, Model model) {
            return new PromptStream(this, format, request, model);
        }
    }

    private PromptStream(Builder family, ModelFormat format, LlmRequest request, Model model) {
        super(format, request, model);
        this.chunks = family.chunks;
        this.usage = family.usage;
        this.filter = family.filter;
        this.reasoning = family.reasoning;
    }

    @Override
    void event(String type, JsonNode event, Consumer<Part> parts) {
        if (importable() && event.hasNonNull("choices")) {
            chunks = PromptChunks.COMPLETION;
        }
        chunks.count(event, counts);
        JsonNode word = chunks.stopReason(event);
        if (word.isTextual() && !word.textValue().isEmpty()) {
            stopReason = word.textValue();
            markEnded();
        }
        JsonNode piece = chunks.text(event);
        if (piece.isTextual()) {
            text.append(piece.textValue());
            filter.add(piece.textValue(), certain -> give(certain, parts));
        } else if (!piece.isMissingNode() && !piece.isNull()) {
            throw ReplyReading.unreadable("the text of a chunk is no string", null);
        }
    }

    /** Whether an imported model of the family may answer as a {@link TextCompletion}. */
    private boolean importable() {
        return chunks == PromptChunks.LLAMA || chunks == PromptChunks.MISTRAL;
    }

    private void give(String certain, Consumer<Part> parts) {
        if (reasoning == null) {
            emitter().text(certain, parts);
            return;
        }
        reasoning.add(certain, new InlineReasoningStream.Pieces() {
            @Override
            public void text(String answer) {
                emitter().text(answer, parts);
            }

            @Override
            public void reasoning(String thought) {
                emitter().reasoning(thought, parts);
            }
        });
    }

    @Override
    ObjectNode joined() {
        return chunks.body(text.toString(), stopReason, counts);
    }

    @Override
    Usage usage(Usage counted) {
        return usage.of(chunks.body("", stopReason, counts), counted);
    }
}
