package dev.caravan.stream;

import dev.caravan.error.LlmException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/** Texts that are waited for as bytes: a read gives what is there, of one text at most. For one thread. */
final class TextInput extends InputStream {
    private static final byte[] NONE = {};

    private final Iterator<String> texts;
    private final PartStream whose;
    private byte[] bytes = NONE;
    private int position;
    private IOException failure;
    private volatile boolean closed;

    /** @param whose closed with this; a stream */
    TextInput(Iterator<String> texts, PartStream whose) {
        this.texts = texts;
        this.whose = whose;
    }

    @Override
    public int read() throws IOException {
        return more() ? bytes[position++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!more()) {
            return -1;
        }
        int count = Math.min(length, bytes.length - position);
        System.arraycopy(bytes, position, target, offset, count);
        position += count;
        return count;
    }

    /** Bytes of the text at hand, which can be read without waiting. */
    @Override
    public int available() {
        return bytes.length - position;
    }

    /** Waits for a text, if need be; false at the end. */
    private boolean more() throws IOException {
        if (closed) {
            throw new IOException("The stream is closed.");
        }
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure.getCause());
        }
        try {
            while (position == bytes.length && texts.hasNext()) {
                bytes = texts.next().getBytes(StandardCharsets.UTF_8);
                position = 0;
            }
            return position < bytes.length;
        } catch (LlmException e) {
            failure = new IOException(e.getMessage(), e);
            throw failure;
        } catch (CancellationException e) {
            IOException cut = Thread.currentThread().isInterrupted()
                    ? new InterruptedIOException(e.getMessage())
                    : new IOException(e.getMessage());
            cut.initCause(e);
            failure = cut;
            throw cut;
        }
    }

    @Override
    public void close() {
        closed = true;
        bytes = NONE;
        position = 0;
        whose.close();
    }
}
