package dev.caravan.component;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Structured;
import dev.caravan.runtime.Texts;
import org.apache.camel.Message;

/** Brings together what the body, the message's headers and the endpoint's options say of a request. */
final class RequestOptions {
    private RequestOptions() {}

    /** Of the message counts the conversation, with its stop sequences and metadata. */
    static LlmRequest pinned(LlmRequest body, CaravanEndpoint options) {
        LlmRequest.Builder request = body.toBuilder()
                .model(options.getModel())
                .system(given(options.getSystemPrompt()))
                .temperature(options.getTemperature())
                .topP(options.getTopP())
                .maxTokens(options.getMaxTokens())
                .maxRetries(options.getMaxRetries())
                .useDefaults(true)
                .structured(options.structured() ? structured(options) : null)
                .stream(options.isStream())
                .onLimit(null);
        if (options.getOnLimit() != null) {
            request.onLimit(OptionReading.onLimit("onLimit", options.getOnLimit()));
        }
        return request.build();
    }

    /** What the body says wins over the message's headers, and these over the endpoint's options. */
    static LlmRequest merged(LlmRequest body, Message message, CaravanEndpoint options) {
        String onLimit = first(OptionReading.text(message, CaravanHeaders.ON_LIMIT), options.getOnLimit());
        LlmRequest.Builder request = body.toBuilder()
                .model(first(body.model(), OptionReading.text(message, CaravanHeaders.MODEL), options.getModel()))
                .system(first(
                        body.system(),
                        OptionReading.text(message, CaravanHeaders.SYSTEM_PROMPT),
                        given(options.getSystemPrompt())))
                .temperature(first(
                        body.temperature(),
                        OptionReading.number(message, CaravanHeaders.TEMPERATURE),
                        options.getTemperature()))
                .topP(first(body.topP(), OptionReading.number(message, CaravanHeaders.TOP_P), options.getTopP()))
                .maxTokens(first(
                        body.maxTokens(),
                        OptionReading.integer(message, CaravanHeaders.MAX_TOKENS),
                        options.getMaxTokens()))
                .maxRetries(first(
                        body.maxRetries(),
                        OptionReading.integer(message, CaravanHeaders.MAX_RETRIES),
                        options.getMaxRetries()))
                .stream(body.stream() || first(OptionReading.bool(message, CaravanHeaders.STREAM), options.isStream()));
        if (options.structured()) {
            request.structured(structured(body.structured(), message, options));
        }
        if (onLimit != null) {
            request.onLimit(OptionReading.onLimit(CaravanHeaders.ON_LIMIT, onLimit));
        }
        return request.build();
    }

    private static Structured structured(CaravanEndpoint options) {
        return new Structured(null, options.getSchemaName(), options.getMaxRepairs());
    }

    /** A schema in full and one by name are two spellings of one thing: the first place that has either counts. */
    private static Structured structured(Structured body, Message message, CaravanEndpoint options) {
        Integer maxRepairs = first(
                body == null ? null : body.maxRepairs(),
                OptionReading.integer(message, CaravanHeaders.MAX_REPAIRS),
                options.getMaxRepairs());
        if (body != null && (body.schema() != null || body.schemaName() != null)) {
            return new Structured(body.schema(), body.schemaName(), maxRepairs);
        }
        JsonNode schema = OptionReading.schema(message, CaravanHeaders.SCHEMA);
        String name = OptionReading.text(message, CaravanHeaders.SCHEMA_NAME);
        return schema != null || name != null
                ? new Structured(schema, name, maxRepairs)
                : new Structured(null, options.getSchemaName(), maxRepairs);
    }

    /** A blank system prompt counts as absent. */
    private static String given(String text) {
        return text == null || Texts.isBlank(text) ? null : text;
    }

    @SafeVarargs
    private static <T> T first(T... values) {
        for (T value : values) {
            if (value != null) {
                return value;
            }
        }
        return null;
    }
}
