package dev.caravan.provider.bedrock;

import dev.caravan.config.AwsEnvironment;
import dev.caravan.config.Secret;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * The HTTP proxy that the environment names for an address: HTTPS_PROXY or HTTP_PROXY by the address's scheme, unless
 * NO_PROXY names its host; lower-case names too.
 */
final class ProxyRule {
    private static final int DEFAULT_PORT = 80;

    /**
     * @param host name or address of the proxy
     * @param port its port
     * @param user null when it needs none
     * @param password null when it needs none
     */
    record Proxy(String host, int port, String user, Secret password) {}

    private ProxyRule() {}

    /** @throws IllegalArgumentException when the variable is no {@code http://[user:password@]host[:port]} */
    static Optional<Proxy> proxyFor(URI target, AwsEnvironment env) {
        String variable = "https".equalsIgnoreCase(target.getScheme()) ? "HTTPS_PROXY" : "HTTP_PROXY";
        Optional<String> proxy = either(env, variable);
        if (proxy.isEmpty() || excluded(target, either(env, "NO_PROXY").orElse(""))) {
            return Optional.empty();
        }
        return Optional.of(parse(variable, proxy.get().trim()));
    }

    private static Optional<String> either(AwsEnvironment env, String name) {
        return env.get(name).or(() -> env.get(name.toLowerCase(Locale.ROOT)));
    }

    private static Proxy parse(String variable, String text) {
        URI uri;
        try {
            uri = URI.create(text.contains("://") ? text : "http://" + text);
        } catch (IllegalArgumentException e) {
            throw bad(variable);
        }
        if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
            throw bad(variable);
        }
        String login = uri.getRawUserInfo();
        int colon = login == null ? -1 : login.indexOf(':');
        String user = login == null ? null : decoded(colon < 0 ? login : login.substring(0, colon));
        Secret password = login == null ? null : new Secret(colon < 0 ? "" : decoded(login.substring(colon + 1)));
        return new Proxy(uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(), user, password);
    }

    /** Says nothing of the value, which may hold a password. */
    private static IllegalArgumentException bad(String variable) {
        return new IllegalArgumentException(variable + " must be http://[user:password@]host[:port]");
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Entries of NO_PROXY: {@code *}, a host, a suffix ({@code example.com}, with or without a dot), each with an optional port. */
    private static boolean excluded(URI target, String noProxy) {
        String host = target.getHost().toLowerCase(Locale.ROOT);
        for (String part : noProxy.toLowerCase(Locale.ROOT).split("[,\\s]+")) {
            if (matches(host, port(target), part)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String host, int port, String entry) {
        if (entry.equals("*")) {
            return true;
        }
        String name = entry;
        int colon = entry.lastIndexOf(':');
        if (colon > 0 && entry.indexOf(':') == colon) {
            if (!entry.substring(colon + 1).equals(Integer.toString(port))) {
                return false;
            }
            name = entry.substring(0, colon);
        }
        name = name.startsWith("*.") ? name.substring(2) : name.startsWith(".") ? name.substring(1) : name;
        return !name.isEmpty() && (host.equals(name) || host.endsWith("." + name) || host.equals("[" + name + "]"));
    }

    private static int port(URI target) {
        if (target.getPort() >= 0) {
            return target.getPort();
        }
        return "https".equalsIgnoreCase(target.getScheme()) ? 443 : 80;
    }
}
