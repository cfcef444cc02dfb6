package dev.caravan.trunk;

import dev.caravan.error.LlmException;
import dev.caravan.runtime.Texts;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.StreamCache;
import org.apache.camel.WrappedFile;

/**
 * The text in a message body: characters or UTF-8 bytes, in memory, as a stream or in a file. Other objects are
 * refused: the text that a type converter makes of them is nothing that anyone wants to pay for.
 */
final class BodyText {
    private static final String WANTED = "it must be the prompt, a Map, JSON or an LlmRequest.";
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private BodyText() {}

    /** @throws LlmException {@code invalid_request} when there is no text, or something that is none */
    static String of(Exchange exchange, Object body) {
        String text;
        try {
            text = read(exchange, body);
        } catch (CharacterCodingException e) {
            throw LlmException.invalid("The body is not valid UTF-8.");
        } catch (IOException | NoTypeConversionAvailableException e) {
            throw LlmException.invalid(
                    "The body, a " + body.getClass().getName() + ", could not be read: " + e.getMessage());
        }
        if (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
            text = text.substring(1);
        }
        if (Texts.isBlank(text)) {
            throw LlmException.invalid("The body is empty: " + WANTED);
        }
        return text;
    }

    private static String read(Exchange exchange, Object body) throws IOException, NoTypeConversionAvailableException {
        if (body == null) {
            return "";
        }
        if (body instanceof CharSequence text) {
            return text.toString();
        }
        if (body instanceof Reader reader) {
            StringWriter text = new StringWriter();
            reader.transferTo(text);
            return text.toString();
        }
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes(exchange, body)))
                .toString();
    }

    private static byte[] bytes(Exchange exchange, Object body) throws IOException, NoTypeConversionAvailableException {
        if (body instanceof byte[] bytes) {
            return bytes;
        }
        if (body instanceof InputStream stream) {
            return stream.readAllBytes();
        }
        if (body instanceof File file) {
            return Files.readAllBytes(file.toPath());
        }
        if (body instanceof Path path) {
            return Files.readAllBytes(path);
        }
        if (body instanceof WrappedFile<?> || body instanceof StreamCache || body instanceof ByteBuffer) {
            return exchange.getContext().getTypeConverter().mandatoryConvertTo(byte[].class, exchange, body);
        }
        throw LlmException.invalid("The body is a " + body.getClass().getName() + ": " + WANTED);
    }
}
