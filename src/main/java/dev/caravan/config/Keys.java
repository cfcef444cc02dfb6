package dev.caravan.config;

import dev.caravan.config.Settings.Mode;
import dev.caravan.config.Settings.Transport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Every {@code caravan.*} key: the one list that reading, messages, documentation and tests work from. */
final class Keys {
    static final Key<Mode> BEDROCK_MODE = Key.of(
            "bedrock.mode",
            "auto",
            Rules.choice(Mode.class),
            "where Bedrock calls go; auto: aws when credentials are found, else embedded");
    static final Key<String> BEDROCK_REGION = Key.of(
                    "bedrock.region",
                    "",
                    Rules.region(),
                    "region of the calls; empty: AWS_DEFAULT_REGION, the profile's, us-east-1")
            .env("AWS_REGION")
            .elseEnv("AWS_DEFAULT_REGION");
    static final Key<URI> BEDROCK_ENDPOINT = Key.of(
                    "bedrock.endpoint",
                    "",
                    Addresses.baseUri(),
                    "another address for the real client (VPC endpoint, test server); empty:"
                            + " AWS_ENDPOINT_URL_BEDROCK_RUNTIME, the region's own")
            .elseEnv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME");
    static final Key<String> BEDROCK_PROFILE = Key.of(
            "bedrock.profile",
            "auto",
            Rules.text("auto, none or a prefix such as eu or us-gov, up to 16 characters", "[a-z][a-z-]{0,15}"),
            "inference profile for a model that AWS serves by profile only; auto: the region's geography, else global");
    static final Key<Transport> BEDROCK_TRANSPORT = Key.of(
            "bedrock.transport",
            "wire",
            Rules.choice(Transport.class),
            "what carries the calls; sdk: the AWS SDK's own client, InvokeModel only");

    static final Key<String> MODEL_NAME = Key.of(
                    "model",
                    "claude-sonnet",
                    Rules.modelName(),
                    "id, inference profile, ARN or alias used when a request names none")
            .env("BEDROCK_MODEL_ID");
    static final Key<Double> TEMPERATURE = Key.of(
                    "temperature",
                    "0.7",
                    Rules.decimal(0, 2),
                    "used when a request gives none; left out for models that refuse it")
            .env("BEDROCK_TEMPERATURE");
    static final Key<Integer> MAX_TOKENS = Key.of(
                    "max-tokens",
                    "4096",
                    Rules.integer(1, 1_000_000),
                    "used when a request gives none; clamped to the model's limit and half its context window")
            .env("BEDROCK_MAX_TOKENS");
    static final Key<Path> CATALOGUE = Key.of(
            "catalogue",
            "",
            Rules.path("a YAML file"),
            "a file that adds or changes models: aliases, prices, limits; empty: none");

    static final Key<Integer> RATE_LIMIT_REQUESTS = Key.of(
                    "rate-limit.requests", "50", Rules.integer(0, 100_000), "upstream calls per window; 0: no limit")
            .env("CARAVAN_RATE_LIMIT");
    static final Key<Duration> RATE_LIMIT_WINDOW = Key.of(
                    "rate-limit.window", "60s", Rules.duration("100ms", "1h"), "length of the rolling window")
            .env("CARAVAN_RATE_WINDOW");
    static final Key<Integer> RETRY_MAX = Key.of("retry.max", "3", Rules.integer(0, 10), "attempts after the first")
            .env("CARAVAN_MAX_RETRIES");
    static final Key<Duration> RETRY_DELAY = Key.of(
            "retry.delay",
            "1s",
            Rules.duration("1ms", "5m"),
            "wait before the first retry; doubles from there, each wait varied by up to 20 %");
    static final Key<Duration> RETRY_MAX_WAIT = Key.of(
            "retry.max-wait",
            "60s",
            Rules.duration("1ms", "1h"),
            "longest wait before a retry; a longer Retry-After from upstream ends the call at once");
    static final Key<Duration> TIMEOUT_CONNECT =
            Key.of("timeout.connect", "5s", Rules.duration("1ms", "24h"), "longest time to open a connection upstream");
    static final Key<Duration> TIMEOUT_FIRST_BYTE = Key.of(
            "timeout.first-byte",
            "120s",
            Rules.duration("1ms", "24h"),
            "longest time until the first byte of a stream");
    static final Key<Duration> TIMEOUT_IDLE =
            Key.of("timeout.idle", "60s", Rules.duration("1ms", "24h"), "longest time between two parts of a stream");
    static final Key<Duration> TIMEOUT_TOTAL = Key.of(
            "timeout.total",
            "600s",
            Rules.duration("1ms", "24h"),
            "longest time of the whole request with its retries and waits, but not the wait of folder and timer work for the limit");

    static final Key<Integer> HTTP_PORT =
            Key.of("http.port", "8080", Rules.port(), "main port; 0: any").env("CARAVAN_PORT");
    static final Key<String> HTTP_HOST = Key.of(
                    "http.host",
                    "127.0.0.1",
                    Addresses.host(),
                    "address to listen on; 0.0.0.0 serves other machines too")
            .env("CARAVAN_HOST");
    static final Key<List<String>> HTTP_CORS = Key.of(
                    "http.cors",
                    "",
                    Rules.list(
                            "comma-separated origins such as https://app.example:8443, without a path; no *",
                            Addresses.origin()),
                    "origins of web pages that may call; empty: none")
            .env("CARAVAN_CORS");
    static final Key<List<Secret>> HTTP_API_KEYS = Key.of(
                    "http.api-keys",
                    "",
                    Rules.list(
                            "comma-separated keys of printable ASCII without blanks, up to 1024 characters each",
                            Rules.secret()),
                    "one of them is needed for every call but health and the description; empty: no key needed")
            .env("CARAVAN_API_KEYS")
            .asSecret();
    static final Key<Long> HTTP_MAX_BODY = Key.of(
                    "http.max-body", "25MiB", Rules.size("1KiB", "1GiB"), "largest request body")
            .env("CARAVAN_MAX_BODY");
    static final Key<Integer> HTTP_MAX_CONCURRENT = Key.of(
                    "http.max-concurrent",
                    "",
                    Rules.integer(1, 100_000),
                    "requests in work at once, more are refused; empty: 4096, on JDK 17 to 23 1024")
            .env("CARAVAN_MAX_CONCURRENT");
    static final Key<Duration> HTTP_PING = Key.of(
                    "http.ping",
                    "15s",
                    Rules.duration("1s", "1h"),
                    "a stream that is silent for so long gives a sign of life")
            .env("CARAVAN_PING");
    static final Key<Integer> MANAGEMENT_PORT =
            Key.of("management.port", "9876", Rules.port(), "port of health and metrics, same host; 0: any");
    static final Key<Integer> EMULATOR_PORT =
            Key.of("emulator.port", "0", Rules.port(), "port of the embedded Bedrock, loopback only; 0: any");
    static final Key<Path> ROUTES_DIR = Key.of(
            "routes.dir",
            "routes",
            Rules.path("a folder"),
            "its *.yaml replace the shipped file of the same name, others are added; it may be missing");
    static final Key<Path> SCHEMAS_DIR = Key.of(
            "schemas.dir",
            "schemas",
            Rules.path("a folder"),
            "its NAME.schema.json are schemas by name, beside the shipped ones; it may be missing");
    static final Key<Path> FILES_DIR =
            Key.of("files.dir", "files", Rules.path("a folder"), "holds inbox, outbox, done and failed; made at start");
    static final Key<Duration> FILES_SETTLE = Key.of(
            "files.settle",
            "1s",
            Rules.duration("0ms", "1h"),
            "a file in the inbox that is unchanged for so long is complete");
    static final Key<Integer> FILES_CONCURRENT =
            Key.of("files.concurrent", "4", Rules.integer(1, 1000), "files in work at once");
    static final Key<Boolean> REPORT_ENABLED =
            Key.of("report.enabled", "false", Rules.bool(), "whether the shipped schedule writes its daily report");
    static final Key<Duration> SHUTDOWN_TIMEOUT = Key.of(
            "shutdown.timeout", "30s", Rules.duration("0ms", "1h"), "how long a stop waits for what is in flight");

    /** In the order of {@code application.properties}; what this version does not have yet comes last. */
    static final List<Key<?>> ALL = Stream.concat(
                    Stream.of(
                            BEDROCK_MODE,
                            BEDROCK_REGION,
                            BEDROCK_ENDPOINT,
                            BEDROCK_PROFILE,
                            BEDROCK_TRANSPORT,
                            MODEL_NAME,
                            TEMPERATURE,
                            MAX_TOKENS,
                            CATALOGUE,
                            RATE_LIMIT_REQUESTS,
                            RATE_LIMIT_WINDOW,
                            RETRY_MAX,
                            RETRY_DELAY,
                            RETRY_MAX_WAIT,
                            TIMEOUT_CONNECT,
                            TIMEOUT_FIRST_BYTE,
                            TIMEOUT_IDLE,
                            TIMEOUT_TOTAL,
                            HTTP_PORT,
                            HTTP_HOST,
                            HTTP_CORS,
                            HTTP_API_KEYS,
                            HTTP_MAX_BODY,
                            HTTP_MAX_CONCURRENT,
                            HTTP_PING,
                            MANAGEMENT_PORT,
                            EMULATOR_PORT,
                            ROUTES_DIR,
                            SCHEMAS_DIR,
                            FILES_DIR,
                            FILES_SETTLE,
                            FILES_CONCURRENT,
                            REPORT_ENABLED,
                            SHUTDOWN_TIMEOUT),
                    LaterKeys.ALL.stream())
            .toList();

    private Keys() {}
}
