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
                            boolean cutOff = stop(emulator, TIME_TO_STOP);
                            out.flush();
                            if (cutOff) {
                                // The status of a process that a signal ends is the signal's, unless it is halted.
                                Runtime.getRuntime().halt(CommandLine.FAILED);
                            }
                            stopped.countDown();
                        },
                        "caravan-stop"));
        Waiting.on(stopped);
    }

    /** @return whether calls were cut off because the time was up; a line says so */
    static boolean stop(Emulator emulator, Duration longest) {
        try {
            int cutOff = emulator.drain(longest)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(longest.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
            if (cutOff > 0) {
                LOG.warn(
                        "Calls that were still in work after {} ms are cut off, open streams too: {} in all",
                        longest.toMillis(),
                        cutOff);
            }
            return cutOff > 0;
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The emulator did not stop cleanly: {}", e.toString());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
