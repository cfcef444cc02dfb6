package dev.caravan.component;

import dev.caravan.chat.LlmStream;
import dev.caravan.chat.Part;
import java.io.Closeable;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import org.apache.camel.Exchange;

/**
 * Parts for Camel's split, which asks {@code hasNext} before it hands on the part that it has: this one says yes until the end was
 * seen, without waiting. {@code next} waits, and gives null once at the end, over which a split passes.
 *
 * <p>A split that stops early takes the rest of its iterator nevertheless, after it has marked its exchange: then the call is cut
 * off, and this is at its end.
 */
final class PartsAtOnce implements Iterator<Part>, Closeable {
    private final LlmStream stream;
    private final Exchange exchange;
    private final Iterator<Part> parts;
    private volatile boolean ended;

    /** @param exchange whose step takes the parts; may be null */
    PartsAtOnce(LlmStream stream, Exchange exchange) {
        this.stream = stream;
        this.exchange = exchange;
        this.parts = stream.iterator();
    }

    @Override
    public boolean hasNext() {
        if (!ended && exchange != null && isOver(exchange)) {
            close();
        }
        return !ended;
    }

    /** As Camel decides whether an exchange goes on. */
    private static boolean isOver(Exchange exchange) {
        return exchange.getException() != null
                || exchange.isRouteStop()
                || exchange.getExchangeExtension().isErrorHandlerHandledSet()
                        && exchange.getExchangeExtension().isErrorHandlerHandled();
    }

    @Override
    public Part next() {
        if (ended) {
            throw new NoSuchElementException("The answer is at its end.");
        }
        try {
            if (parts.hasNext()) {
                return parts.next();
            }
        } catch (CancellationException e) {
            // Whoever has closed this while it waited is told nothing new.
            if (!ended) {
                ended = true;
                throw e;
            }
        } catch (RuntimeException e) {
            ended = true;
            throw e;
        }
        ended = true;
        return null;
    }

    @Override
    public void close() {
        ended = true;
        stream.close();
    }
}
