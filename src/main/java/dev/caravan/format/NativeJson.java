package dev.caravan.format;

import dev.caravan.chat.LlmRequest;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;

/** The schema that a provider itself shall hold the answer to. */
final class NativeJson {
    private NativeJson() {}

    /**
     * For a format that cannot say it.
     *
     * @throws LlmException {@code invalid_request} when the request has one
     */
    static void refuse(LlmRequest request, Model model) {
        if (request.responseSchema() != null) {
            throw LlmException.invalid("schema: " + model.id() + " has no JSON mode of its own in the format "
                    + model.format() + "; its catalogue entry must say json: tool or json: prompt.");
        }
    }
}
