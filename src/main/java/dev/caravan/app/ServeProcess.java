package dev.caravan.app;

import dev.caravan.config.SettingsSources;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Caravan as a service, until a signal ends it. */
final class ServeProcess {
    private ServeProcess() {}

    static void run(Path workingDir, PrintStream out) {
        Service service = Service.start(
                SettingsSources.standalone(workingDir.toAbsolutePath(), System.getenv(), System.getProperties()));
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            service.close();
                            out.flush();
                            if (service.wasCutOff()) {
                                // The status of a process that a signal ends is the signal's, unless it is halted.
                                Runtime.getRuntime().halt(CommandLine.FAILED);
                            }
                            stopped.countDown();
                        },
                        "caravan-stop"));
        out.println(service.readyLine());
        out.flush();
        Waiting.on(stopped);
    }
}
