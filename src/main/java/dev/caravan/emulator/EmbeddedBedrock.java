package dev.caravan.emulator;

import dev.caravan.config.Secret;
import dev.caravan.model.Model;
import dev.caravan.provider.bedrock.BedrockTarget;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HexFormat;

/** An emulator on a loopback port of this process, open only to a key pair made for it. */
public final class EmbeddedBedrock {
    private static final int KEY_BYTES = 20;

    private final Emulator emulator;
    private final BedrockTarget target;

    private EmbeddedBedrock(Emulator emulator, BedrockTarget target) {
        this.emulator = emulator;
        this.target = target;
    }

    /**
     * @param port 0 for any
     * @return fails with a {@code BindException} when the port is taken
     */
    public static Future<EmbeddedBedrock> start(Vertx vertx, int port, Collection<Model> models) {
        String accessKeyId = "CARAVAN" + random();
        Secret secret = new Secret(random());
        EmulatorOptions options = EmulatorOptions.of(models)
                .withAddress(EmulatorOptions.LOOPBACK, port)
                .withAuth(EmulatorAuth.asAws(accessKeyId, secret));
        return Emulator.start(vertx, options)
                .map(started ->
                        new EmbeddedBedrock(started, BedrockTarget.embedded(started.endpoint(), accessKeyId, secret)));
    }

    private static String random() {
        byte[] bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().withUpperCase().formatHex(bytes);
    }

    /** Where the provider calls. */
    public BedrockTarget target() {
        return target;
    }

    /** Closes the port and all connections. */
    public Future<Void> close() {
        return emulator.close();
    }
}
