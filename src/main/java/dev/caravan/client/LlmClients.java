package dev.caravan.client;

import dev.caravan.config.SettingsException;
import dev.caravan.config.SettingsSources;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;

/**
 * Makes clients. Settings are those of Caravan ({@code caravan.*}), weakest first: what the program says to the
 * {@linkplain #builder() builder}, the environment, {@code -D}. No file of the working directory is read (of schemas those of
 * {@code caravan.schemas.dir}, when it is set), no port is opened
 * and nothing of the program's own Camel, Vert.x, threads or logging is touched. Several clients may be open at once; each has its own
 * limits, connections and threads, all of them daemons.
 *
 * <p>Without AWS credentials a client opens with a warning in the log, and each call fails with {@code
 * provider_access_denied}, naming what was looked for. With {@code caravan.bedrock.mode=embedded} it asks an emulator in the
 * same process.
 */
public final class LlmClients {
    private static final String INTERRUPTED = "Interrupted while opening";

    private LlmClients() {}

    /**
     * A client with settings of the environment and {@code -D}.
     *
     * @throws SettingsException when they are wrong, with every problem
     * @throws CancellationException when the thread is interrupted meanwhile
     */
    public static LlmClient create() {
        return builder().build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * A client of the trunk of a Camel application, with its settings and limits. The context must be started before the
     * first call; while it is stopped, each call fails with {@code overloaded}, and when it is started again the client goes on. The client's {@code close()} ends its own calls
     * and leaves the context alone; one that nobody closes keeps no thread: on older JDKs idle ones end after half a minute.
     *
     * @throws SettingsException when the context had no trunk yet, and its settings are wrong
     */
    public static LlmClient of(CamelContext context) {
        return of(context, CallOptions.NONE);
    }

    /** The same, with defaults of calls. */
    public static LlmClient of(CamelContext context, CallOptions defaults) {
        return open(Objects.requireNonNull(context, "context"), defaults, () -> {});
    }

    private static LlmClient open(CamelContext context, CallOptions defaults, AutoCloseable whose) {
        try {
            return TrunkClient.open(context, Objects.requireNonNull(defaults, "defaults"), whose);
        } catch (Exception e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof SettingsException wrong) {
                    throw wrong;
                }
                if (cause instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                    CancellationException cancelled = new CancellationException(INTERRUPTED);
                    cancelled.initCause(e);
                    throw cancelled;
                }
            }
            throw new IllegalStateException("Caravan could not be opened: " + e.getMessage(), e);
        }
    }

    /** Collects the settings of a client; not thread-safe. */
    public static final class Builder {
        private static final String PREFIX = "caravan.";

        private final Map<String, String> properties = new HashMap<>();
        private CallOptions defaults = CallOptions.NONE;
        private Map<String, String> environment = System.getenv();
        private Properties systemProperties = System.getProperties();

        private Builder() {}

        /**
         * A setting by its key, such as {@code caravan.retry.max}; an empty value means the default.
         *
         * @throws IllegalArgumentException for a name that is no key of Caravan's
         */
        public Builder property(String key, String value) {
            if (!key.startsWith(PREFIX)) {
                throw new IllegalArgumentException(key + ": the keys of Caravan begin with " + PREFIX);
            }
            properties.put(key, Objects.requireNonNull(value, key));
            return this;
        }

        /** The settings among the program's own properties; other names than {@code caravan.*} are passed over. */
        public Builder properties(Map<String, String> values) {
            properties.putAll(values);
            return this;
        }

        /** The model of calls that name none: {@code caravan.model}. */
        public Builder model(String model) {
            return property("caravan.model", model);
        }

        /** The AWS region: {@code caravan.bedrock.region}. */
        public Builder region(String region) {
            return property("caravan.bedrock.region", region);
        }

        /** What calls do not say themselves. */
        public Builder defaults(CallOptions options) {
            defaults = Objects.requireNonNull(options, "options");
            return this;
        }

        public Builder defaults(Consumer<CallOptions.Builder> options) {
            return defaults(CallOptions.of(options));
        }

        /** In place of the process's own. */
        Builder environment(Map<String, String> variables) {
            environment = variables;
            return this;
        }

        /** In place of the process's own. */
        Builder systemProperties(Properties values) {
            systemProperties = values;
            return this;
        }

        /**
         * Opens the client. A thread that is interrupted opens it too, and stays interrupted.
         *
         * @throws SettingsException when settings are wrong, with every problem
         * @throws IllegalStateException when it cannot be opened, such as for a port that is taken
         * @throws CancellationException when the thread is interrupted meanwhile; its flag is set, and nothing is left
         *     open
         */
        public LlmClient build() {
            boolean interrupted = Thread.interrupted();
            try {
                LlmClient client = Undisturbed.call("caravan-client-open", this::open);
                if (Thread.currentThread().isInterrupted()) {
                    client.close();
                    throw new CancellationException(INTERRUPTED);
                }
                return client;
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private LlmClient open() {
            OwnContext own = OwnContext.open(SettingsSources.embedded(properties, environment, systemProperties));
            return LlmClients.open(own.context(), defaults, own);
        }
    }
}
