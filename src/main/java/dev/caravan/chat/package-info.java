/**
 * The records that travel through Caravan: a request, its messages, the reply and its counts.
 *
 * <p>They are immutable and know nothing of Camel, HTTP or AWS; every door produces a {@link
 * dev.caravan.chat.LlmRequest} and every model format consumes one. A value that the caller did not give is
 * {@code null} or empty, never a default: defaults belong to the trunk.
 */
package dev.caravan.chat;
