package dev.caravan.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.LlmStream;
import dev.caravan.error.LlmException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Asks a model. Made by {@link LlmClients}, thread-safe, to be closed at the end.
 *
 * <p><b>Failures.</b> A call that fails throws an {@link LlmException}, whose {@code kind()} is a row of Caravan's error table;
 * what it was asked with is part of that ({@code INVALID_REQUEST}: a blank prompt, a temperature that the model does not
 * take). Only {@code null} for an argument is a {@link NullPointerException}, and a call after {@link #close()} an {@link
 * IllegalStateException}.
 *
 * <p><b>Waiting.</b> All methods but {@code generateAsync} and {@code stream} wait for the model, with retries as long as {@code
 * caravan.timeout.total} (600 s) allows. Never call them on an event loop (Vert.x, Netty, a user interface's thread). When
 * the waiting thread is interrupted, the call is cut off upstream, the thread's flag is set again and a {@link
 * java.util.concurrent.CancellationException} is thrown.
 */
public interface LlmClient extends AutoCloseable {

    /** The model's answer to a prompt. */
    default LlmReply generate(String prompt) {
        return generate(prompt, CallOptions.NONE);
    }

    /** The model's answer to a prompt. */
    LlmReply generate(String prompt, CallOptions options);

    /** With options in place: {@code generate("…", o -> o.model("claude-haiku").temperature(0.2))}. */
    default LlmReply generate(String prompt, Consumer<CallOptions.Builder> options) {
        return generate(prompt, CallOptions.of(options));
    }

    /**
     * The answer to a whole request: a conversation, tools, all at once. It is sent as it is, so that the client's defaults do not
     * count. With {@code structured} the reply has {@code data()}.
     */
    LlmReply generate(LlmRequest request);

    /** The same with {@code maxRetries} given, and no other option. */
    default LlmReply generateWithRetry(String prompt, int maxRetries) {
        return generateWithRetry(prompt, maxRetries, CallOptions.NONE);
    }

    /**
     * The model's answer, tried as often as is said here, whatever the settings say.
     *
     * <p>What is tried again: throttling, connection errors, an unavailable or failing provider, an unreadable reply, and at
     * most once a call that the provider timed out. What would fail again is not: a wrong request, denied access, an unknown model,
     * Caravan's own rate limit. Before the second attempt it waits {@code caravan.retry.delay} (1 s), then twice as long each
     * time up to {@code caravan.retry.max-wait} (60 s), each ± 20 %; or as long as the provider says, unless that is longer
     * than the longest wait, which ends the call at once. Waits and attempts together stay within {@code
     * caravan.timeout.total}.
     *
     * @param maxRetries attempts after the first, 0 to 10
     */
    default LlmReply generateWithRetry(String prompt, int maxRetries, CallOptions options) {
        Objects.requireNonNull(options, "options");
        return generate(prompt, options.toBuilder().maxRetries(maxRetries).build());
    }

    /** An answer as a value of a type, most often a record; {@link AnswerType} tells which types there may be. */
    default <T> T generateStructured(String prompt, Class<T> type) {
        return generateStructured(prompt, AnswerType.of(type));
    }

    default <T> T generateStructured(String prompt, Class<T> type, CallOptions options) {
        return generateStructured(prompt, AnswerType.of(type), options);
    }

    default <T> T generateStructured(String prompt, Class<T> type, Consumer<CallOptions.Builder> options) {
        return generateStructured(prompt, AnswerType.of(type), CallOptions.of(options));
    }

    /** An answer as JSON that is valid against a schema. */
    default JsonNode generateStructured(String prompt, JsonNode schema) {
        return generateStructured(prompt, AnswerType.schema(schema));
    }

    default JsonNode generateStructured(String prompt, JsonNode schema, CallOptions options) {
        return generateStructured(prompt, AnswerType.schema(schema), options);
    }

    default JsonNode generateStructured(String prompt, JsonNode schema, Consumer<CallOptions.Builder> options) {
        return generateStructured(prompt, AnswerType.schema(schema), CallOptions.of(options));
    }

    /** An answer of any kind that there is: {@code AnswerType.named("invoice")}, {@code AnswerType.schema("{…}")}. */
    default <T> T generateStructured(String prompt, AnswerType<T> type) {
        return generateStructured(prompt, type, CallOptions.NONE);
    }

    default <T> T generateStructured(String prompt, AnswerType<T> type, CallOptions options) {
        return generateStructuredReply(prompt, type, options).value();
    }

    default <T> StructuredReply<T> generateStructuredReply(String prompt, AnswerType<T> type) {
        return generateStructuredReply(prompt, type, CallOptions.NONE);
    }

    /**
     * A value with the whole reply. The answer is valid against the schema, guaranteed: an invalid one is sent back to the
     * model with what is wrong, up to {@code maxRepairs} times (2).
     *
     * @throws LlmException {@code STRUCTURED_OUTPUT_INVALID} when it stays invalid, or when a constructor of the caller's
     *     refuses what is valid by the schema, with {@code errors()}, {@code raw()} and {@code usage()}
     */
    <T> StructuredReply<T> generateStructuredReply(String prompt, AnswerType<T> type, CallOptions options);

    default CompletableFuture<LlmReply> generateAsync(String prompt) {
        return generateAsync(prompt, CallOptions.NONE);
    }

    /**
     * The same without waiting: the future ends with the reply or an {@link LlmException}. When it is cancelled, or ended by
     * {@code orTimeout}, the call is cut off upstream; the futures derived from it are not such. What depends on it runs on one of
     * Caravan's threads unless it says otherwise ({@code thenApplyAsync}), and must not block there.
     */
    CompletableFuture<LlmReply> generateAsync(String prompt, CallOptions options);

    /** The same for a whole request. */
    CompletableFuture<LlmReply> generateAsync(LlmRequest request);

    default LlmStream stream(String prompt) {
        return stream(prompt, CallOptions.NONE);
    }

    /**
     * The model's answer as it comes: words to loop over, parts to subscribe to, and the whole reply at the end; {@link
     * LlmStream} has the rules. Wrong arguments are told as by {@code generate}: a blank prompt here, what only the model knows when
     * it is asked, which is when the stream begins to be consumed. To be closed, for which try-with-resources is good.
     */
    LlmStream stream(String prompt, CallOptions options);

    /** With options in place. */
    default LlmStream stream(String prompt, Consumer<CallOptions.Builder> options) {
        return stream(prompt, CallOptions.of(options));
    }

    /**
     * The same for a whole request. With {@code structured} the parts are provisional, and what counts is the checked {@code
     * reply().data()}.
     */
    LlmStream stream(LlmRequest request);

    /**
     * Ends the client, in two seconds at most: calls under way fail with {@code OVERLOADED}, its connections and threads go. Further calls
     * of this method do nothing. A program that forgets it still ends.
     */
    @Override
    void close();
}
