package dev.caravan.app;

import dev.caravan.config.Settings;
import dev.caravan.emulator.EmbeddedBedrock;
import dev.caravan.model.Catalogue;
import dev.caravan.provider.bedrock.BedrockProvider;
import dev.caravan.provider.bedrock.BedrockTarget;
import dev.caravan.provider.bedrock.ModeDecision;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;

/** Where calls go when Caravan runs alone: AWS, or an emulator in this process. */
final class Bedrock implements AutoCloseable {
    private final BedrockProvider provider;
    private final EmbeddedBedrock emulator;
    private final String reason;

    private Bedrock(BedrockProvider provider, EmbeddedBedrock emulator, String reason) {
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
        EmbeddedBedrock emulator = Waiting.on(
                EmbeddedBedrock.start(vertx, settings.emulatorPort(), catalogue.all()),
                "The embedded Bedrock cannot listen on port " + settings.emulatorPort()
                        + "; set CARAVAN_EMULATOR_PORT");
        return new Bedrock(
                BedrockProvider.open(settings, emulator.target(), vertx, Clock.systemUTC()), emulator, reason);
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
