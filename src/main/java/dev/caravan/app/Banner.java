package dev.caravan.app;

import dev.caravan.config.Settings;
import dev.caravan.runtime.Loopback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the start tells. */
final class Banner {
    private static final Logger LOG = LoggerFactory.getLogger(Banner.class);

    private Banner() {}

    /** @param takesFiles whether the folder door has a route */
    static void log(Settings settings, Bedrock bedrock, boolean takesFiles) {
        if (bedrock.provider().emulated()) {
            LOG.info(
                    "Calls go to the embedded Bedrock, an emulator in this process at {}, because {}. Its answers are made up.",
                    bedrock.provider().endpoint(),
                    bedrock.reason());
        } else {
            LOG.info(
                    "Calls go to Amazon Bedrock in {} at {}, because {}.",
                    bedrock.provider().region(),
                    bedrock.provider().endpoint(),
                    bedrock.reason());
        }
        if (takesFiles) {
            LOG.info(
                    "Files dropped into {} are answered in {}.",
                    settings.files().dir().resolve("inbox"),
                    settings.files().dir().resolve("outbox"));
        }
        if (!Loopback.isLoopback(settings.http().host())
                && settings.http().apiKeys().isEmpty()) {
            LOG.warn(
                    "CARAVAN_HOST is {} and no API key is set: whoever reaches this port spends your money."
                            + " Set CARAVAN_API_KEYS.",
                    settings.http().host());
        }
    }

    static String ready(Settings settings, int port, int managementPort, boolean emulated) {
        String host = shown(settings.http().host());
        return "Caravan " + Version.TEXT + " is ready: http://" + host + ":" + port + ", health and metrics: http://"
                + host + ":" + managementPort + "/observe/health"
                + (emulated ? " (embedded Bedrock, emulated answers)" : "");
    }

    private static String shown(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }
}
