package dev.caravan.files;

import dev.caravan.files.NameSettlement.Settled;
import java.io.IOException;
import java.nio.file.Path;

/** What a store and its jobs work with. */
record Workshop(
        Folders folders, Disk disk, FolderSync syncs, FolderLock lock, NameSettlement settlement, OpenJobs jobs) {
    /** Settles a name under the lock of the folder. */
    Settled settle(Path sub, String stem, String suffix, String id) throws IOException {
        return settlement.settle(sub, stem, suffix, jobs.comparedNames(sub, id));
    }
}
