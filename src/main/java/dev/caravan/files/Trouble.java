package dev.caravan.files;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trouble that comes and goes: one line when it begins and one when it is over. Thread-safe. */
final class Trouble {
    private static final Logger LOG = LoggerFactory.getLogger(Trouble.class);

    private final String begin;
    private final String end;
    private boolean on;

    /**
     * @param begin what the log says when it begins; the cause follows
     * @param end what the log says when it is over
     */
    Trouble(String begin, String end) {
        this.begin = begin;
        this.end = end;
    }

    synchronized void begins(Throwable cause) {
        if (!on) {
            on = true;
            LOG.warn("{}: {}", begin, LogText.of(cause));
        }
    }

    synchronized void begins() {
        if (!on) {
            on = true;
            LOG.warn(begin);
        }
    }

    synchronized void over() {
        if (on) {
            on = false;
            LOG.info(end);
        }
    }
}
