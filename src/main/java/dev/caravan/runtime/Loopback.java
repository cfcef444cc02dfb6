package dev.caravan.runtime;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Whether a host, with or without a port, is this machine only: {@code localhost}, 127.0.0.0/8 and {@code ::1} in
 * every spelling. Nothing is ever looked up: any other name counts as one of another machine.
 */
public final class Loopback {
    private static final String LOCALHOST = "localhost";
    private static final List<String> USUAL = List.of(LOCALHOST, "127.0.0.1", "[::1]");
    private static final int LONGEST = 64;
    private static final int IPV4_PARTS = 4;
    private static final int IPV4_FIRST = 127;

    private Loopback() {}

    /** @param hostWithOrWithoutPort {@code localhost:8080}, {@code 127.0.0.1}, {@code [::1]:8080}, {@code ::1} */
    public static boolean isLoopback(String hostWithOrWithoutPort) {
        for (String usual : USUAL) {
            if (hostWithOrWithoutPort.startsWith(usual) && isPort(hostWithOrWithoutPort, usual.length())) {
                return true;
            }
        }
        return hostWithOrWithoutPort.length() <= LONGEST && isUnusualLoopback(hostWithOrWithoutPort.strip());
    }

    private static boolean isUnusualLoopback(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end > 0 && isPort(text, end + 1) && isIpv6Loopback(text.substring(1, end));
        }
        int colon = text.indexOf(':');
        if (colon >= 0 && text.indexOf(':', colon + 1) >= 0) {
            return isIpv6Loopback(text);
        }
        if (colon >= 0 && !isPort(text, colon)) {
            return false;
        }
        String host = colon < 0 ? text : text.substring(0, colon);
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return name.equalsIgnoreCase(LOCALHOST) || isIpv4Loopback(name);
    }

    /** Whether nothing is left from there on, or a colon and digits. */
    private static boolean isPort(String text, int from) {
        if (from == text.length()) {
            return true;
        }
        return text.charAt(from) == ':' && text.chars().skip(from + 1L).allMatch(Loopback::isDigit);
    }

    /** One to four decimal parts, of which the last fills what is left: 127.1 is 127.0.0.1. */
    private static boolean isIpv4Loopback(String host) {
        if (host.isEmpty() || !host.chars().allMatch(character -> isDigit(character) || character == '.')) {
            return false;
        }
        String[] parts = host.split("\\.", -1);
        if (parts.length > IPV4_PARTS) {
            return false;
        }
        long address = 0;
        for (int i = 0; i < parts.length; i++) {
            int bytes = i == parts.length - 1 ? IPV4_PARTS - i : 1;
            long part = parts[i].isEmpty() || parts[i].length() > 10 ? -1 : Long.parseLong(parts[i]);
            if (part < 0 || part >= 1L << (8 * bytes)) {
                return false;
            }
            address = (address << (8 * bytes)) + part;
        }
        return address >> 24 == IPV4_FIRST;
    }

    private static boolean isIpv6Loopback(String host) {
        int zone = host.indexOf('%');
        String address = zone < 0 ? host : host.substring(0, zone);
        if (address.indexOf(':') < 0 || !address.chars().allMatch(Loopback::isOfIpv6)) {
            return false;
        }
        try {
            // In brackets and with a colon it is a literal or nothing.
            return InetAddress.getByName("[" + address + "]").isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static boolean isOfIpv6(int character) {
        return Character.digit(character, 16) >= 0 && character < 128 || character == ':' || character == '.';
    }

    private static boolean isDigit(int character) {
        return character >= '0' && character <= '9';
    }
}
