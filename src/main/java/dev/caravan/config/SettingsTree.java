package dev.caravan.config;

import dev.caravan.runtime.Workers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Builds {@link Settings} of checked values. */
final class SettingsTree {
    private static final int CONCURRENT_ON_VIRTUAL_THREADS = 4096;
    private static final int CONCURRENT_ON_PLATFORM_THREADS = 1024;

    private SettingsTree() {}

    /** @param folder what relative paths are relative to; empty for the directory of the process */
    static Settings build(Values values, Optional<Path> folder, AwsEnvironment aws) {
        return new Settings(
                bedrock(values),
                values.get(Keys.MODEL_NAME),
                values.get(Keys.TEMPERATURE),
                values.get(Keys.MAX_TOKENS),
                new Settings.RateLimit(values.get(Keys.RATE_LIMIT_REQUESTS), values.get(Keys.RATE_LIMIT_WINDOW)),
                new Settings.Retry(
                        values.get(Keys.RETRY_MAX), values.get(Keys.RETRY_DELAY), values.get(Keys.RETRY_MAX_WAIT)),
                timeouts(values),
                http(values),
                values.get(Keys.MANAGEMENT_PORT),
                values.get(Keys.EMULATOR_PORT),
                resolved(folder, values.get(Keys.ROUTES_DIR)),
                schemasDir(values, folder),
                values.find(Keys.CATALOGUE).map(path -> resolved(folder, path)),
                new Settings.Files(
                        resolved(folder, values.get(Keys.FILES_DIR)),
                        values.get(Keys.FILES_SETTLE),
                        values.get(Keys.FILES_CONCURRENT)),
                values.get(Keys.REPORT_ENABLED),
                values.get(Keys.SHUTDOWN_TIMEOUT),
                aws);
    }

    private static Settings.Bedrock bedrock(Values values) {
        return new Settings.Bedrock(
                values.get(Keys.BEDROCK_MODE),
                values.find(Keys.BEDROCK_REGION),
                values.find(Keys.BEDROCK_ENDPOINT),
                values.get(Keys.BEDROCK_PROFILE),
                values.get(Keys.BEDROCK_TRANSPORT));
    }

    private static Settings.Timeouts timeouts(Values values) {
        return new Settings.Timeouts(
                values.get(Keys.TIMEOUT_CONNECT),
                values.get(Keys.TIMEOUT_FIRST_BYTE),
                values.get(Keys.TIMEOUT_IDLE),
                values.get(Keys.TIMEOUT_TOTAL));
    }

    private static Settings.Http http(Values values) {
        return new Settings.Http(
                values.get(Keys.HTTP_PORT),
                values.get(Keys.HTTP_HOST),
                values.find(Keys.HTTP_CORS).orElse(List.of()),
                values.find(Keys.HTTP_API_KEYS).orElse(List.of()),
                values.get(Keys.HTTP_MAX_BODY),
                values.find(Keys.HTTP_MAX_CONCURRENT).orElseGet(SettingsTree::maxConcurrent),
                values.get(Keys.HTTP_PING));
    }

    private static int maxConcurrent() {
        return Workers.virtualThreads() ? CONCURRENT_ON_VIRTUAL_THREADS : CONCURRENT_ON_PLATFORM_THREADS;
    }

    /** A folder of the host's that happens to have the default's name is none of ours. */
    private static Optional<Path> schemasDir(Values values, Optional<Path> folder) {
        return folder.isEmpty() && !values.given(Keys.SCHEMAS_DIR)
                ? Optional.empty()
                : Optional.of(resolved(folder, values.get(Keys.SCHEMAS_DIR)));
    }

    static Path resolved(Optional<Path> folder, Path path) {
        return folder.map(dir -> dir.resolve(path)).orElse(path);
    }
}
