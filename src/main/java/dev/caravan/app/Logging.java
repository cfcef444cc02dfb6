package dev.caravan.app;

import dev.caravan.observe.AccessLog;
import dev.caravan.observe.BatchedLines;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.LoggerFactory;

/**
 * Sets up slf4j-simple for running alone; a value that the user gave by -D stays. Loggers of routes bear any name
 * (the route's id, or what stands behind {@code log:}), so it is the libraries that are told to be quiet.
 */
final class Logging {
    private static final String PREFIX = "org.slf4j.simpleLogger.";
    private static final String TIMES = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX";
    /** What the access log's own writer does not know to obey. */
    private static final List<String> FORMAT = List.of(
            "showDateTime",
            "dateTimeFormat",
            "showThreadName",
            "showShortLogName",
            "logFile",
            "showLogName",
            "levelInBrackets",
            "showThreadId");

    private static final Map<String, String> DEFAULTS = Map.of(
            "defaultLogLevel", "info",
            // Says with a stack trace what the start tells in lines.
            "log.org.apache.camel.impl.engine.AbstractCamelContext", "off",
            // Of a stop that takes too long it names no route; CamelRuntime does.
            "log.org.apache.camel.impl.engine.DefaultShutdownStrategy", "error",
            // Its messages quote what a peer sent, and whoever owns a connection hears of its failure anyway.
            "log.io.vertx.core.net.impl.ConnectionBase", "off",
            "log.io.vertx.core.http.impl.HttpClientRequestImpl", "off",
            "showDateTime", "true",
            "dateTimeFormat", TIMES,
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

    /** The access lines as the rest of the log looks, written in batches unless the user has a wish about them. */
    static AccessLog accessLog() {
        boolean asShipped =
                FORMAT.stream().allMatch(key -> Objects.equals(System.getProperty(PREFIX + key), DEFAULTS.get(key)));
        if (!asShipped || !LoggerFactory.getLogger(AccessLog.LOGGER).isInfoEnabled()) {
            return new AccessLog();
        }
        return new AccessLog(new BatchedLines(System.err, TIMES, " INFO access - ", Clock.systemUTC()));
    }
}
