package dev.caravan.app;

import dev.caravan.config.Secret;
import dev.caravan.emulator.Emulator;
import dev.caravan.emulator.EmulatorAuth;
import dev.caravan.emulator.EmulatorOptions;
import dev.caravan.model.CatalogueReader;
import dev.caravan.runtime.OwnVertx;
import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;

/** The embedded Bedrock alone, until a signal ends it. */
final class EmulatorProcess {
    private EmulatorProcess() {}

    static void run(Arguments arguments, PrintStream out) {
        EmulatorAuth auth = arguments.accessKey().isEmpty()
                ? EmulatorAuth.any()
                : EmulatorAuth.only(
                        arguments.accessKey().get(),
                        new Secret(arguments.secretKey().orElseThrow()));
        EmulatorOptions options = EmulatorOptions.of(CatalogueReader.shipped().all())
                .withAddress(arguments.host(), arguments.port())
                .withAuth(auth);
        Vertx vertx = OwnVertx.create(1);
        Emulator emulator = Waiting.on(
                Emulator.start(vertx, options),
                "The emulator cannot listen on " + arguments.host() + ":" + arguments.port()
                        + "; choose another --port");
        out.println("The Bedrock emulator is ready: " + emulator.endpoint()
                + " (point clients at it by AWS_ENDPOINT_URL_BEDROCK_RUNTIME)");
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(stopped::countDown, "caravan-stop"));
        Waiting.on(stopped);
    }
}
