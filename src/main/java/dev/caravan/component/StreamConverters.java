package dev.caravan.component;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.Part;
import dev.caravan.stream.PartStream;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.TypeConverterRegistry;
import org.apache.camel.support.SimpleTypeConverter;

/**
 * What a step gets when it asks a stream for something else. A stream of bytes or characters, or an iterator, is the answer as it
 * comes; all else is the whole reply or what that converts to, and waits for the end.
 *
 * <p>A String it is not: Camel's logs and tracers ask every body for one, in the same way as a step does, and would wait for the
 * answer and take the parts from the route. Refused, they show what {@code toString} says.
 */
final class StreamConverters {
    private static final List<Class<?>> WHOLE = List.of(LlmReply.class, byte[].class, JsonNode.class);

    private StreamConverters() {}

    static void addTo(CamelContext context) {
        TypeConverterRegistry registry = context.getTypeConverterRegistry();
        if (registry.lookup(InputStream.class, PartStream.class) == null) {
            addStream(registry, context);
            addText(registry);
        }
    }

    private static void addStream(TypeConverterRegistry registry, CamelContext context) {
        add(registry, InputStream.class, PartStream.class, (type, exchange, value) -> ((PartStream) value).input());
        add(
                registry,
                Reader.class,
                PartStream.class,
                (type, exchange, value) -> new InputStreamReader(((PartStream) value).input(), StandardCharsets.UTF_8));
        add(
                registry,
                Iterator.class,
                PartStream.class,
                (type, exchange, value) -> new PartsAtOnce((PartStream) value, exchange));
        WHOLE.forEach(whole -> add(
                registry,
                whole,
                PartStream.class,
                (type, exchange, value) ->
                        context.getTypeConverter().convertTo(type, exchange, ((PartStream) value).reply())));
        add(registry, String.class, PartStream.class, (type, exchange, value) -> {
            throw new UnsupportedOperationException(
                    "a stream is no text until its end: convertBodyTo(LlmReply.class) before waits for all of it");
        });
    }

    private static void addText(TypeConverterRegistry registry) {
        add(registry, String.class, Part.Text.class, (type, exchange, value) -> ((Part.Text) value).text());
        add(registry, byte[].class, Part.Text.class, (type, exchange, value) -> bytes((Part.Text) value));
        add(
                registry,
                InputStream.class,
                Part.Text.class,
                (type, exchange, value) -> new ByteArrayInputStream(bytes((Part.Text) value)));
    }

    private static byte[] bytes(Part.Text part) {
        return part.text().getBytes(StandardCharsets.UTF_8);
    }

    /** Null counts as a value: the data of an answer in text. */
    private static void add(
            TypeConverterRegistry registry,
            Class<?> to,
            Class<?> from,
            SimpleTypeConverter.ConversionMethod conversion) {
        registry.addTypeConverter(to, from, new SimpleTypeConverter(true, conversion));
    }
}
