package dev.caravan.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Usage;
import dev.caravan.model.Model;

/**
 * The reply of a paid call, with what was asked.
 *
 * @param body bytes of a 200 as they came; null for one that a stream was put together to
 * @param joined the body that a stream was put together to; null for one that came in one piece
 * @param counted token counts of the response headers or of a stream's last event, for formats whose body has none
 * @param request what {@link ModelFormat#write} was given
 * @param model the entry that was called
 */
public record WireReply(byte[] body, JsonNode joined, Usage counted, LlmRequest request, Model model) {

    /** A reply that came in one piece. */
    public WireReply(byte[] body, Usage counted, LlmRequest request, Model model) {
        this(body, null, counted, request, model);
    }

    /** The events of a stream, put together. */
    static WireReply joined(JsonNode body, Usage counted, LlmRequest request, Model model) {
        return new WireReply(null, body, counted, request, model);
    }
}
