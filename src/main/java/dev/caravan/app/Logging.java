package dev.caravan.app;

import java.util.Map;

/** Sets up slf4j-simple for running alone; a value that the user gave by -D stays. */
final class Logging {
    private static final String PREFIX = "org.slf4j.simpleLogger.";
    private static final Map<String, String> DEFAULTS = Map.of(
            "defaultLogLevel", "warn",
            "log.dev.caravan", "info",
            "log.caravan", "info",
            // Its messages quote what a peer sent, and whoever owns a connection hears of its failure anyway.
            "log.io.vertx.core.net.impl.ConnectionBase", "off",
            "showDateTime", "true",
            "dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
            "showThreadName", "false",
            "showShortLogName", "true",
            "logFile", "System.err");

    private Logging() {}

    /** To be called before the first logger is made. */
    static void configure() {
        DEFAULTS.forEach((key, value) -> {
            if (System.getProperty(PREFIX + key) == null) {
                System.setProperty(PREFIX + key, value);
            }
        });
    }
}
