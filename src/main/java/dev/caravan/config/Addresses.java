package dev.caravan.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Rules for hosts, base addresses and origins. None of them looks a name up. */
final class Addresses {
    private static final Set<String> WEB = Set.of("http", "https");
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,252})");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9]{1,15})?");
    private static final int MAX_PORT = 65535;

    private Addresses() {}

    static ValueRule<String> host() {
        return new ValueRule<>(
                "a host name or IP address (IPv6 without brackets)",
                value -> Optional.of(value)
                        .filter(host -> HOST_NAME.matcher(host).matches()
                                || (host.indexOf(':') >= 0 && IPV6.matcher(host).matches())));
    }

    static ValueRule<URI> baseUri() {
        return new ValueRule<>(
                "an http or https address with a host, without user, query and fragment",
                value -> uri(value).filter(uri -> WEB.contains(scheme(uri))));
    }

    /** What a browser sends as {@code Origin}: lower case, without the scheme's own port. */
    static ValueRule<String> origin() {
        return new ValueRule<>(
                "scheme://host[:port]",
                value -> uri(value).filter(uri -> uri.getRawPath().isEmpty()).map(Addresses::serialized));
    }

    private static String serialized(URI uri) {
        String scheme = scheme(uri);
        int own = scheme.equals("https") ? 443 : scheme.equals("http") ? 80 : -1;
        String port = uri.getPort() == -1 || uri.getPort() == own ? "" : ":" + uri.getPort();
        return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port;
    }

    private static String scheme(URI uri) {
        return uri.getScheme().toLowerCase(Locale.ROOT);
    }

    private static Optional<URI> uri(String value) {
        try {
            return Optional.of(new URI(value))
                    .filter(uri -> uri.getScheme() != null && uri.getHost() != null && uri.getPort() <= MAX_PORT)
                    .filter(uri -> uri.getRawUserInfo() == null && uri.getRawQuery() == null)
                    .filter(uri -> uri.getRawFragment() == null);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
