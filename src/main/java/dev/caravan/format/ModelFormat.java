package dev.caravan.format;

import dev.caravan.chat.LlmRequest;
import dev.caravan.model.Model;

/**
 * A wire format: writes a request's body, reads the reply's.
 *
 * <p>Stateless and thread-safe; never changes its input. {@link #write} is called anew for every attempt.
 */
public interface ModelFormat {

    /** Operations of Bedrock's runtime API that carry a format. */
    enum Operation {
        INVOKE_MODEL,
        CONVERSE
    }

    /** The catalogue's name of the format, such as {@code anthropic-messages}. */
    String name();

    /** What carries it. */
    default Operation operation() {
        return Operation.INVOKE_MODEL;
    }

    /** Whether it can say tools, their calls and results. */
    boolean tools();

    /**
     * Writes the body.
     *
     * @param request with parameters checked against the model's rules and defaults filled in
     * @param model the entry to call
     * @return UTF-8 JSON
     * @throws dev.caravan.error.LlmException {@code invalid_request} for what this format cannot say
     */
    byte[] write(LlmRequest request, Model model);

    /**
     * Reads the body of a 200.
     *
     * @throws dev.caravan.error.LlmException {@code provider_error} when it is unreadable or has no content
     */
    FormatReply read(WireReply reply);

    /**
     * Opens the reading of a stream that answers {@link #write}'s body.
     *
     * @param request what was written
     * @param model the entry that is called
     */
    ReplyStream stream(LlmRequest request, Model model);
}
