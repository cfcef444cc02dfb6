package dev.caravan.emulator;

import dev.caravan.model.Model;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * How an emulator runs.
 *
 * @param host address to listen on
 * @param port 0 to 65535; 0 takes any free one
 * @param auth who may call
 * @param models what is served: the models of Bedrock among them, retired ones too; those that make embeddings only say so
 * @param clock for the age of signatures
 * @param latency time that a proper answer takes, not negative; what a directive's {@code delay} says comes on top
 * @param padding whether the payloads of streams have a member {@code p} that hides how long the text is, as AWS's have;
 *     without it the same call gives the same bytes
 */
public record EmulatorOptions(
        String host, int port, EmulatorAuth auth, List<Model> models, Clock clock, Duration latency, boolean padding) {

    /** The loopback address. */
    public static final String LOOPBACK = "127.0.0.1";

    public EmulatorOptions {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(auth, "auth");
        Objects.requireNonNull(clock, "clock");
        models = List.copyOf(models);
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " is not from 0 to 65535");
        }
        if (latency.isNegative()) {
            throw new IllegalArgumentException("latency: " + latency + " is negative");
        }
    }

    /** On any free loopback port, open to any well-formed signature, without latency and padding. */
    public static EmulatorOptions of(Collection<Model> models) {
        return new EmulatorOptions(
                LOOPBACK, 0, EmulatorAuth.any(), List.copyOf(models), Clock.systemUTC(), Duration.ZERO, false);
    }

    public EmulatorOptions withAddress(String newHost, int newPort) {
        return new EmulatorOptions(newHost, newPort, auth, models, clock, latency, padding);
    }

    public EmulatorOptions withAuth(EmulatorAuth newAuth) {
        return new EmulatorOptions(host, port, newAuth, models, clock, latency, padding);
    }

    public EmulatorOptions withClock(Clock newClock) {
        return new EmulatorOptions(host, port, auth, models, newClock, latency, padding);
    }

    public EmulatorOptions withLatency(Duration newLatency) {
        return new EmulatorOptions(host, port, auth, models, clock, newLatency, padding);
    }

    public EmulatorOptions withPadding(boolean newPadding) {
        return new EmulatorOptions(host, port, auth, models, clock, latency, newPadding);
    }
}
