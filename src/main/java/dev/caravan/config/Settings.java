package dev.caravan.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Every setting, parsed and checked. Keys, ranges and defaults: {@code application.properties}.
 *
 * @param bedrock {@code caravan.bedrock.*}
 * @param model {@code caravan.model}: the name used when a request names none
 * @param temperature {@code caravan.temperature}
 * @param maxTokens {@code caravan.max-tokens}
 * @param rateLimit {@code caravan.rate-limit.*}
 * @param retry {@code caravan.retry.*}
 * @param timeout {@code caravan.timeout.*}
 * @param http {@code caravan.http.*}
 * @param managementPort {@code caravan.management.port}
 * @param emulatorPort {@code caravan.emulator.port}, 0 for any
 * @param routesDir {@code caravan.routes.dir}
 * @param schemasDir {@code caravan.schemas.dir}; inside a host application empty unless it is given
 * @param catalogue {@code caravan.catalogue}: a file that adds or changes models
 * @param files {@code caravan.files.*}
 * @param reportEnabled {@code caravan.report.enabled}
 * @param shutdownTimeout {@code caravan.shutdown.timeout}
 * @param aws the AWS_* variables of the environment and of {@code .env}
 */
public record Settings(
        Bedrock bedrock,
        String model,
        double temperature,
        int maxTokens,
        RateLimit rateLimit,
        Retry retry,
        Timeouts timeout,
        Http http,
        int managementPort,
        int emulatorPort,
        Path routesDir,
        Optional<Path> schemasDir,
        Optional<Path> catalogue,
        Files files,
        boolean reportEnabled,
        Duration shutdownTimeout,
        AwsEnvironment aws) {

    /** Where Bedrock calls go. */
    public enum Mode {
        AUTO,
        AWS,
        EMBEDDED
    }

    /** What carries them: our own wire, or the SDK's client. */
    public enum Transport {
        WIRE,
        SDK
    }

    /**
     * @param mode {@code caravan.bedrock.mode}
     * @param region {@code caravan.bedrock.region} (AWS_REGION), empty when the SDK's rules decide
     * @param endpoint {@code caravan.bedrock.endpoint}, by any of its names
     * @param profile {@code caravan.bedrock.profile}: {@code auto}, {@code none} or a prefix such as {@code eu}
     * @param transport {@code caravan.bedrock.transport}
     */
    public record Bedrock(
            Mode mode, Optional<String> region, Optional<URI> endpoint, String profile, Transport transport) {}

    /**
     * @param requests upstream calls per window; 0 for no limit
     * @param window length of the rolling window
     */
    public record RateLimit(int requests, Duration window) {}

    /**
     * @param max attempts after the first, 0 to 10
     * @param delay before the first retry; doubles from there
     * @param maxWait longest wait before a retry
     */
    public record Retry(int max, Duration delay, Duration maxWait) {}

    /**
     * @param connect to open a connection
     * @param firstByte until a stream's first byte
     * @param idle between two parts of a stream
     * @param total the whole request
     */
    public record Timeouts(Duration connect, Duration firstByte, Duration idle, Duration total) {}

    /**
     * @param port main port, 0 for any
     * @param host address to listen on
     * @param cors origins of web pages that may call
     * @param apiKeys keys of which one must be sent; empty for none
     * @param maxBody largest request body in bytes
     * @param maxConcurrent requests in work at once
     * @param ping {@code caravan.http.ping}: a stream that is silent for so long gives a sign of life
     */
    public record Http(
            int port,
            String host,
            List<String> cors,
            List<Secret> apiKeys,
            long maxBody,
            int maxConcurrent,
            Duration ping) {}

    /**
     * @param dir holds inbox, outbox, done and failed
     * @param settle a file unchanged for so long is complete
     * @param concurrent files in work at once, at least 1
     */
    public record Files(Path dir, Duration settle, int concurrent) {}
}
