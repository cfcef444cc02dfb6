package dev.caravan.files;

import dev.caravan.error.LlmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A report's two files in outbox/: {@code NAME.reply.txt}, then {@code NAME.reply.json}, which means that it is finished.
 * They appear by rename; what is finished is never overwritten. One at a time works at the reports of a folder, also among
 * several processes. What the disk refuses is an {@code overloaded} with path and reason. For one thread at a time.
 */
final class ReportFile {
    private static final String LOCK = ".report.lock";

    private final Disk disk;
    private final Path folder;
    private final Path outbox;
    private final String name;
    private EntryLock claim;

    /** @param folder {@code caravan.files.dir}; made when it is missing */
    ReportFile(Path folder, String name) {
        this(folder, name, new Disk.Real());
    }

    ReportFile(Path folder, String name, Disk disk) {
        this.disk = disk;
        this.folder = folder;
        this.outbox = folder.resolve("outbox");
        this.name = name;
    }

    String name() {
        return name;
    }

    /** Whether the report is finished. */
    boolean exists() {
        return Files.exists(target(".reply.json"), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Takes the folder's reports, until {@link #release()} or the end of the process.
     *
     * @return false when another one has them
     * @throws LlmException when the folder cannot be written
     */
    boolean claim() {
        if (claim == null) {
            try {
                Files.createDirectories(folder);
                claim = EntryLock.tryTake(folder.toRealPath().resolve(LOCK)).orElse(null);
            } catch (IOException e) {
                throw ReportTrouble.unwritable(folder.resolve(LOCK), e);
            }
        }
        return claim != null;
    }

    /** Without a claim nothing happens. */
    void release() throws IOException {
        if (claim != null) {
            claim.close();
            claim = null;
        }
    }

    /** @throws LlmException when the files could not be written: to be known before the report is paid for */
    void requireWritable() {
        Path trial = temporary(".trial");
        try {
            Files.createDirectories(outbox);
            try {
                // A full disk still makes empty files.
                disk.write(trial, new byte[1]);
            } finally {
                disk.delete(trial);
            }
        } catch (IOException e) {
            throw ReportTrouble.unwritable(outbox, e);
        }
    }

    /**
     * Durable when it returns.
     *
     * @return false when another process was faster, or is at it; then nothing was written
     * @throws LlmException when the files cannot be written
     */
    boolean write(byte[] text, byte[] json) {
        if (!claim() || exists()) {
            return false;
        }
        // A text without its .reply.json is what a crash left behind: it may be replaced.
        put(".reply.txt", text);
        put(".reply.json", json);
        return true;
    }

    private void put(String suffix, byte[] content) {
        Path temporary = temporary(suffix);
        try {
            Files.createDirectories(outbox);
            try {
                disk.write(temporary, content);
                disk.rename(temporary, target(suffix));
            } finally {
                disk.delete(temporary);
            }
            disk.sync(outbox);
        } catch (IOException e) {
            throw ReportTrouble.unwritable(target(suffix), e);
        }
    }

    private Path target(String suffix) {
        return outbox.resolve(name + suffix);
    }

    private Path temporary(String suffix) {
        return outbox.resolve("." + name + suffix + ".tmp");
    }
}
