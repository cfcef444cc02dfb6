package dev.caravan.observe;

/** Whether Caravan takes requests: not before its doors are open, and no more once it stops. Thread-safe. */
public final class HealthState {
    private enum Phase {
        STARTING,
        OPEN,
        STOPPING
    }

    private final boolean emulated;
    private Phase phase = Phase.STARTING;

    /** @param emulated whether calls go to the embedded Bedrock */
    public HealthState(boolean emulated) {
        this.emulated = emulated;
    }

    public boolean emulated() {
        return emulated;
    }

    /** The doors are open; does nothing once it is stopping. */
    public synchronized void opened() {
        if (phase == Phase.STARTING) {
            phase = Phase.OPEN;
        }
    }

    /** Nothing new is taken from now on. */
    public synchronized void stopping() {
        phase = Phase.STOPPING;
    }

    /** Whether new requests are served. */
    public synchronized boolean ready() {
        return phase == Phase.OPEN;
    }
}
