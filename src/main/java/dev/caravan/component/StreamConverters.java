package dev.caravan.component;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Part;
import dev.caravan.stream.PartStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.TypeConverterRegistry;
import org.apache.camel.support.SimpleTypeConverter;
import org.apache.camel.support.TypeConverterSupport;

/**
 * What a step gets when it asks a stream for something else. A stream of bytes or characters, or an iterator, is the answer as it
 * comes; all else is what the whole reply converts to, and waits for the end.
 */
final class StreamConverters {
    private static final List<Class<?>> WHOLE = List.of(String.class, byte[].class, JsonNode.class);

    private StreamConverters() {}

    static void addTo(CamelContext context) {
        TypeConverterRegistry registry = context.getTypeConverterRegistry();
        if (registry.lookup(InputStream.class, PartStream.class) != null) {
            return;
        }
        add(registry, InputStream.class, (type, exchange, value) -> ((PartStream) value).input());
        add(
                registry,
                Reader.class,
                (type, exchange, value) -> new InputStreamReader(((PartStream) value).input(), StandardCharsets.UTF_8));
        add(registry, Iterator.class, (type, exchange, value) -> new PartsAtOnce((PartStream) value));
        WHOLE.forEach(type -> registry.addTypeConverter(type, PartStream.class, new OfWholeReply(context)));
        registry.addTypeConverter(
                String.class,
                Part.Text.class,
                new SimpleTypeConverter(false, (type, exchange, value) -> ((Part.Text) value).text()));
    }

    private static void add(
            TypeConverterRegistry registry, Class<?> type, SimpleTypeConverter.ConversionMethod conversion) {
        registry.addTypeConverter(type, PartStream.class, new SimpleTypeConverter(false, conversion));
    }

    private static final class OfWholeReply extends TypeConverterSupport {
        private final CamelContext context;

        OfWholeReply(CamelContext context) {
            this.context = context;
        }

        @Override
        public <T> T convertTo(Class<T> type, Exchange exchange, Object value) {
            return context.getTypeConverter().convertTo(type, exchange, ((PartStream) value).reply());
        }

        /** Camel's logs and tracers only try: they must neither wait nor take the parts. */
        @Override
        public <T> T tryConvertTo(Class<T> type, Exchange exchange, Object value) {
            return type == String.class ? type.cast(value.toString()) : null;
        }
    }
}
