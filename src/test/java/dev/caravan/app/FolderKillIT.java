package dev.caravan.app;

import static dev.caravan.support.DroppedFile.Kind.FAILING;
import static dev.caravan.support.DroppedFile.Kind.FRONT_MATTER;
import static dev.caravan.support.DroppedFile.Kind.STRUCTURED;
import static dev.caravan.support.DroppedFile.Kind.TEXT;
import static dev.caravan.support.FolderServices.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.support.DroppedFile;
import dev.caravan.support.FolderServices;
import dev.caravan.support.GatedRoutes;
import dev.caravan.support.JarProcess;
import dev.caravan.support.KillChain;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The folder door killed with SIGKILL, at each step of its route and at any time. The emulator is a process of its own,
 * so it knows what was asked, and paid for, over all kills.
 */
class FolderKillIT extends WithFolderServices {
    /** From the last step to the first, so that a job that was killed at one is not held at the next. */
    @Test
    void kill_atEachStep() throws Exception {
        List<DroppedFile> once = new ArrayList<>();
        once.addAll(killAtGates(
                List.of(TEXT, STRUCTURED, FAILING),
                FolderServices.shippedRoutes().after("files-move-input"),
                0));
        once.addAll(killAtGates(
                List.of(TEXT, STRUCTURED, FAILING),
                FolderServices.shippedRoutes().after("files-write-reply").after("files-write-problem"),
                0));
        once.addAll(killAtGates(
                List.of(TEXT, FRONT_MATTER), FolderServices.shippedRoutes().after("files-write-text"), 0));
        once.addAll(killAtGates(
                List.of(TEXT, STRUCTURED, FAILING),
                FolderServices.shippedRoutes().after("files-keep-reply").after("files-keep-problem"),
                0));
        List<DroppedFile> twice = new ArrayList<>(killAtGates(
                List.of(TEXT, STRUCTURED, FAILING),
                FolderServices.shippedRoutes()
                        .after("files-ask")
                        .after("files-ask-structured")
                        .before("files-keep-problem"),
                0));
        List<DroppedFile> sent = killWhenSent();
        List<DroppedFile> read = killAtGates(
                List.of(TEXT, STRUCTURED, FAILING),
                FolderServices.shippedRoutes().after("files-read-request"),
                sent.size());
        List<DroppedFile> claimed = killAtGates(
                List.of(TEXT, STRUCTURED, FAILING),
                FolderServices.shippedRoutes().before("files-read-request"),
                sent.size() + read.size());
        twice.addAll(sent);
        once.addAll(read);
        once.addAll(claimed);

        FolderServices.removeRoutes(workingDir);
        services.finish(workingDir);

        ledger.close();
        Map<String, Integer> calls = services.emulator().calls();
        for (DroppedFile file : once) {
            assertThat(calls.get(file.mark())).as("calls for " + file.path()).isEqualTo(1);
        }
        for (DroppedFile file : twice) {
            assertThat(calls.get(file.mark())).as("calls for " + file.path()).isBetween(1, 2);
        }
    }

    /** @param carriedOn how many jobs of before come to the gate too */
    private List<DroppedFile> killAtGates(List<DroppedFile.Kind> kinds, GatedRoutes routes, int carriedOn)
            throws IOException {
        routes.write(workingDir.resolve("routes"), "files.yaml");
        List<DroppedFile> files = drop(kinds.stream()
                .map(kind -> DroppedFile.of(kind, routes + "/file-#"))
                .toList());
        JarProcess service = services.serve(workingDir, Map.of("CARAVAN_FILES_CONCURRENT", "16"));
        await().until(() -> service.logged(GatedRoutes.REACHED) >= files.size() + carriedOn);
        service.kill();
        ledger.look();
        return files;
    }

    /** The calls are made and not answered; those killed once answered have been carried on by then. */
    private List<DroppedFile> killWhenSent() throws IOException {
        FolderServices.removeRoutes(workingDir);
        List<DroppedFile> files = drop(List.of(
                DroppedFile.of(FRONT_MATTER, "sent/file-#", "delay=60s times=1"),
                DroppedFile.of(STRUCTURED, "sent/file-#", "delay=60s times=1")));
        JarProcess service = services.serve(workingDir, Map.of());
        await().until(() -> files.stream().allMatch(file -> services.emulator().calls(file.mark()) == 1));
        await().until(() -> folder.jobs() == files.size());
        service.kill();
        ledger.look();
        return files;
    }

    /** {@code -Dkill.runs=N} and {@code -Dkill.seed=N}; what the last line says is printed for the record. */
    @Test
    void kill_atRandomTimes() {
        int runs = Integer.getInteger("kill.runs", 8);
        long seed = Long.getLong("kill.seed", System.nanoTime());
        System.out.println("kill_atRandomTimes: seed " + seed);
        KillChain chain = new KillChain(ledger, seed, () -> services.start(workingDir, Map.of()));

        for (int run = 0; run < runs; run++) {
            chain.startAndKill();
            ledger.look();
        }
        services.finish(workingDir);

        ledger.close();
        chain.assertCallsExplained(services.emulator().calls());
        System.out.println("kill_atRandomTimes: seed " + seed + ", " + runs + " kills, " + ledger.summary());
    }

    private List<DroppedFile> drop(List<DroppedFile> files) {
        files.forEach(ledger::drop);
        return files;
    }
}
