package dev.caravan.http;

import io.vertx.ext.web.RoutingContext;

/** What kind of path it is: who may call it, and what stands in its replies. */
final class Paths {
    static final String OPENAPI = "/openapi.json";
    static final String HEALTH = "/observe/health";

    private Paths() {}

    /** The path that routes see; null when it is encoded wrongly. */
    static String normalized(RoutingContext ctx) {
        try {
            return ctx.normalizedPath();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The path that routes see, or as it came when no route can see it. */
    static String of(RoutingContext ctx) {
        String path = normalized(ctx);
        return path == null ? ctx.request().path() : path;
    }

    /** The API in all its dialects. */
    static boolean api(String path) {
        return path != null && (path.equals("/v1") || path.startsWith("/v1/") || path.startsWith("/model/"));
    }

    static boolean health(String path) {
        return path.equals(HEALTH) || path.startsWith(HEALTH + "/");
    }

    /** Needs no API key. Everything else does, so that a route that somebody adds is not open by mistake. */
    static boolean open(String path) {
        return health(path) || path.equals(OPENAPI);
    }

    /**
     * Whether a route's path, such as {@code /v1/models/:id} or {@code /files/*}, matches.
     *
     * @param pattern the route's path; null matches nothing
     * @param path a normalized path
     */
    static boolean matches(String pattern, String path) {
        if (pattern == null) {
            return false;
        }
        if (pattern.endsWith("*")) {
            return path.startsWith(pattern.substring(0, pattern.length() - 1));
        }
        String[] wanted = pattern.split("/", -1);
        String[] given = (path.length() > 1 && path.endsWith("/") && !pattern.endsWith("/")
                        ? path.substring(0, path.length() - 1)
                        : path)
                .split("/", -1);
        if (wanted.length != given.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            boolean same = wanted[i].startsWith(":") ? !given[i].isEmpty() : wanted[i].equals(given[i]);
            if (!same) {
                return false;
            }
        }
        return true;
    }
}
