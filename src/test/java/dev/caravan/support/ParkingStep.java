package dev.caravan.support;

import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/** A step that goes on when the test says so, and holds no thread until then. */
public final class ParkingStep extends AsyncProcessorSupport {
    private record Parked(Exchange exchange, AsyncCallback callback) {}

    private final Queue<Parked> parked = new ArrayDeque<>();

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        synchronized (parked) {
            parked.add(new Parked(exchange, callback));
        }
        return false;
    }

    public int count() {
        synchronized (parked) {
            return parked.size();
        }
    }

    /** Lets the longest parked exchange go on with a body. */
    public void release(Object body) {
        Parked next;
        synchronized (parked) {
            next = parked.remove();
        }
        next.exchange().getMessage().setBody(body);
        next.callback().done(false);
    }

    /** The exchange that has been parked longest. */
    public Exchange first() {
        synchronized (parked) {
            return parked.element().exchange();
        }
    }
}
