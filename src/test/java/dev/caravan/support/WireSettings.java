package dev.caravan.support;

import dev.caravan.config.AwsEnvironment;
import dev.caravan.config.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings for tests of the way to Bedrock; a key pair is set unless the test takes it away. */
public final class WireSettings {
    private final Map<String, String> aws = new HashMap<>(Map.of(
            "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY", "secret",
            "AWS_EC2_METADATA_DISABLED", "true",
            "AWS_CONFIG_FILE", "/nonexistent/config",
            "AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"));
    private Settings.Mode mode = Settings.Mode.AUTO;
    private Settings.Transport transport = Settings.Transport.WIRE;
    private String region = "eu-west-1";
    private URI endpoint;
    private Duration connect = Duration.ofSeconds(2);
    private Duration total = Duration.ofSeconds(10);
    private int maxConcurrent = 16;

    public WireSettings noKeys() {
        aws.remove("AWS_ACCESS_KEY_ID");
        aws.remove("AWS_SECRET_ACCESS_KEY");
        return this;
    }

    public WireSettings env(String name, String value) {
        aws.put(name, value);
        return this;
    }

    public WireSettings without(String name) {
        aws.remove(name);
        return this;
    }

    public WireSettings mode(Settings.Mode value) {
        mode = value;
        return this;
    }

    public WireSettings transport(Settings.Transport value) {
        transport = value;
        return this;
    }

    public WireSettings region(String value) {
        region = value;
        return this;
    }

    public WireSettings endpoint(URI value) {
        endpoint = value;
        return this;
    }

    public WireSettings connect(Duration value) {
        connect = value;
        return this;
    }

    public WireSettings total(Duration value) {
        total = value;
        return this;
    }

    public WireSettings maxConcurrent(int value) {
        maxConcurrent = value;
        return this;
    }

    public Settings build() {
        return new Settings(
                new Settings.Bedrock(
                        mode, Optional.ofNullable(region), Optional.ofNullable(endpoint), "auto", transport),
                "claude-sonnet",
                0.7,
                4096,
                new Settings.RateLimit(0, Duration.ofSeconds(60)),
                new Settings.Retry(0, Duration.ofSeconds(1), Duration.ofSeconds(60)),
                new Settings.Timeouts(connect, Duration.ofSeconds(120), Duration.ofSeconds(60), total),
                new Settings.Http(0, "127.0.0.1", List.of(), List.of(), 1 << 20, maxConcurrent, Duration.ofSeconds(15)),
                0,
                0,
                Path.of("routes"),
                Optional.empty(),
                Optional.empty(),
                new Settings.Files(Path.of("files"), Duration.ofSeconds(1), 4),
                false,
                Duration.ofSeconds(30),
                new AwsEnvironment(aws));
    }
}
