package dev.caravan.app;

import dev.caravan.support.FolderLedger;
import dev.caravan.support.FolderServices;
import dev.caravan.support.WatchedFolder;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Services of the jar on a watched folder of each test's own, and the emulator that they call. */
abstract class WithFolderServices {
    @TempDir
    static Path common;

    static FolderServices services;

    @TempDir
    Path workingDir;

    WatchedFolder folder;
    FolderLedger ledger;

    @BeforeAll
    static void startEmulator() {
        services = new FolderServices(common);
    }

    @AfterAll
    static void endEmulator() {
        if (services != null) {
            services.close();
        }
    }

    @BeforeEach
    void openFolder() {
        folder = new WatchedFolder(workingDir);
        ledger = new FolderLedger(folder, services.emulator()::calls);
    }

    @AfterEach
    void end() {
        services.killAll();
    }
}
