package dev.caravan.trunk;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.runtime.Json;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.TypeConverterRegistry;
import org.apache.camel.support.SimpleTypeConverter;

/**
 * What a step behind the trunk gets when it asks a reply for text, bytes, a stream or a JSON tree: the answer. That is
 * the JSON of {@code data} for an answer that is valid against a schema, else the text (which is no tree).
 */
final class ReplyConverters {
    private record Kind<T>(Class<T> type, Function<LlmReply, T> conversion) {
        void add(TypeConverterRegistry registry) {
            registry.addTypeConverter(
                    type,
                    LlmReply.class,
                    new SimpleTypeConverter(true, (to, exchange, value) -> conversion.apply((LlmReply) value)));
        }
    }

    private static final List<Kind<?>> KINDS = List.of(
            new Kind<>(String.class, reply -> new String(bytes(reply), StandardCharsets.UTF_8)),
            new Kind<>(byte[].class, ReplyConverters::bytes),
            new Kind<>(InputStream.class, reply -> new ByteArrayInputStream(bytes(reply))),
            new Kind<>(JsonNode.class, LlmReply::data));

    private ReplyConverters() {}

    static void addTo(CamelContext context) {
        TypeConverterRegistry registry = context.getTypeConverterRegistry();
        for (Kind<?> kind : KINDS) {
            if (registry.lookup(kind.type(), LlmReply.class) == null) {
                kind.add(registry);
            }
        }
    }

    private static byte[] bytes(LlmReply reply) {
        return reply.data() == null ? reply.text().getBytes(StandardCharsets.UTF_8) : Json.write(reply.data());
    }
}
