package dev.caravan.app;

import dev.caravan.config.Secret;
import dev.caravan.config.Settings;
import dev.caravan.emulator.Emulator;
import dev.caravan.emulator.EmulatorAuth;
import dev.caravan.emulator.EmulatorOptions;
import dev.caravan.model.Catalogue;
import dev.caravan.provider.bedrock.BedrockProvider;
import dev.caravan.provider.bedrock.BedrockTarget;
import dev.caravan.provider.bedrock.ModeDecision;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;

/** Where calls go when Caravan runs alone: AWS, or an emulator in this process. */
final class Bedrock implements AutoCloseable {
    private static final int KEY_BYTES = 20;

    private final BedrockProvider provider;
    private final Emulator emulator;
    private final String reason;

    private Bedrock(BedrockProvider provider, Emulator emulator, String reason) {
        this.provider = provider;
        this.emulator = emulator;
        this.reason = reason;
    }

    static Bedrock open(Settings settings, Catalogue catalogue, Vertx vertx) {
        try {
            ModeDecision.Decision decision = ModeDecision.decide(settings, true);
            decision.problem().ifPresent(problem -> {
                throw StartException.wrongInput(List.of(problem), null);
            });
            return decision.embedded()
                    ? embedded(settings, catalogue, vertx, decision.reason())
                    : new Bedrock(
                            BedrockProvider.open(settings, BedrockTarget.aws(), vertx, Clock.systemUTC()),
                            null,
                            decision.reason());
        } catch (IllegalArgumentException e) {
            throw StartException.wrongInput(List.of(e.getMessage()), e);
        }
    }

    private static Bedrock embedded(Settings settings, Catalogue catalogue, Vertx vertx, String reason) {
        String accessKeyId = "CARAVAN" + random();
        Secret secret = new Secret(random());
        Emulator emulator = Waiting.on(
                Emulator.start(
                        vertx,
                        EmulatorOptions.of(catalogue.all())
                                .withAddress(EmulatorOptions.LOOPBACK, settings.emulatorPort())
                                .withAuth(EmulatorAuth.only(accessKeyId, secret))),
                "The embedded Bedrock cannot listen on port " + settings.emulatorPort()
                        + "; set CARAVAN_EMULATOR_PORT");
        BedrockTarget target = BedrockTarget.embedded(emulator.endpoint(), accessKeyId, secret);
        return new Bedrock(BedrockProvider.open(settings, target, vertx, Clock.systemUTC()), emulator, reason);
    }

    private static String random() {
        byte[] bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().withUpperCase().formatHex(bytes);
    }

    BedrockProvider provider() {
        return provider;
    }

    /** What decided where calls go. */
    String reason() {
        return reason;
    }

    @Override
    public void close() {
        provider.close();
        if (emulator != null) {
            emulator.close();
        }
    }
}
