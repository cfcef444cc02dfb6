package dev.caravan.app;

import java.util.List;
import java.util.Map;

/**
 * Sets up slf4j-simple for running alone; a value that the user gave by -D stays. Loggers of routes bear any name
 * (the route's id, or what stands behind {@code log:}), so it is the libraries that are told to be quiet.
 */
final class Logging {
    private static final String PREFIX = "org.slf4j.simpleLogger.";
    private static final Map<String, String> DEFAULTS = Map.of(
            "defaultLogLevel", "info",
            // Says with a stack trace what the start tells in lines.
            "log.org.apache.camel.impl.engine.AbstractCamelContext", "off",
            "showDateTime", "true",
            "dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
            "showThreadName", "false",
            "showShortLogName", "true",
            "logFile", "System.err");
    private static final List<String> QUIET = List.of(
            "org.apache",
            "org.jboss",
            "com.fasterxml",
            "com.networknt",
            "io.github",
            "io.micrometer",
            "io.netty",
            "io.prometheus",
            "io.vertx",
            "software.amazon");

    private Logging() {}

    /** To be called before the first logger is made. */
    static void configure() {
        DEFAULTS.forEach(Logging::set);
        QUIET.forEach(name -> set("log." + name, "warn"));
    }

    private static void set(String key, String value) {
        if (System.getProperty(PREFIX + key) == null) {
            System.setProperty(PREFIX + key, value);
        }
    }
}
