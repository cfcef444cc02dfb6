package dev.caravan.http;

import dev.caravan.runtime.Loopback;

/** What a Host header's value or a setting says about this machine. */
final class Authority {
    private Authority() {}

    /** Whether a Host header's value or a setting names the loopback, whatever the port. */
    static boolean isLoopback(String authority) {
        return Loopback.isLoopback(authority);
    }
}
