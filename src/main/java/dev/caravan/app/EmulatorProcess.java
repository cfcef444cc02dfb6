package dev.caravan.app;

import dev.caravan.config.Secret;
import dev.caravan.emulator.Emulator;
import dev.caravan.emulator.EmulatorAuth;
import dev.caravan.emulator.EmulatorOptions;
import dev.caravan.model.CatalogueReader;
import dev.caravan.runtime.OwnVertx;
import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The embedded Bedrock alone, until a signal ends it. */
final class EmulatorProcess {
    private static final Logger LOG = LoggerFactory.getLogger(EmulatorProcess.class);
    private static final Duration TIME_TO_STOP = Duration.ofSeconds(30);

    private EmulatorProcess() {}

    static void run(Arguments arguments, PrintStream out) {
        ListenAddress.require("--host", "--host", arguments.host());
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
        out.flush();
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            stop(emulator);
                            stopped.countDown();
                        },
                        "caravan-stop"));
        Waiting.on(stopped);
    }

    private static void stop(Emulator emulator) {
        try {
            emulator.drain(TIME_TO_STOP)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(TIME_TO_STOP.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The emulator did not stop cleanly: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
