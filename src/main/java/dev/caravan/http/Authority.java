package dev.caravan.http;

import java.util.Locale;
import java.util.regex.Pattern;

/** The host part of {@code host[:port]}, and whether it is this machine only. */
final class Authority {
    private static final Pattern IPV4_LOOPBACK = Pattern.compile("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");

    private Authority() {}

    /** Whether a Host header's value or a setting names the loopback, whatever the port. */
    static boolean isLoopback(String authority) {
        String host = host(authority.trim().toLowerCase(Locale.ROOT));
        return host.equals("localhost")
                || host.equals("::1")
                || IPV4_LOOPBACK.matcher(host).matches();
    }

    private static String host(String authority) {
        if (authority.startsWith("[")) {
            int end = authority.indexOf(']');
            return end < 0 ? authority : authority.substring(1, end);
        }
        int colon = authority.indexOf(':');
        boolean bareIpv6 = colon >= 0 && authority.indexOf(':', colon + 1) >= 0;
        return colon < 0 || bareIpv6 ? authority : authority.substring(0, colon);
    }
}
