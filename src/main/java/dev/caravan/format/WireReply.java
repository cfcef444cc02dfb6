package dev.caravan.format;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Usage;
import dev.caravan.model.Model;

/**
 * The reply of a paid call, with what was asked.
 *
 * @param body bytes of a 200 as they came
 * @param counted token counts of the response headers, for formats whose body has none
 * @param request what {@link ModelFormat#write} was given
 * @param model the entry that was called
 */
public record WireReply(byte[] body, Usage counted, LlmRequest request, Model model) {}
