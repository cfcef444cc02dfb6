package dev.caravan.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A report's two files in outbox/: {@code NAME.reply.txt}, then {@code NAME.reply.json}, which means that it is finished.
 * They appear by rename; what is finished is never overwritten, also by another process on the same folder.
 */
final class ReportFile {
    private final Disk disk = new Disk.Real();
    private final Path folder;
    private final Path outbox;
    private final String name;

    /** @param folder {@code caravan.files.dir}; made when it is missing */
    ReportFile(Path folder, String name) {
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

    /** @throws IOException when the files could not be written: to be known before the report is paid for */
    void requireWritable() throws IOException {
        Files.createDirectories(outbox);
        Path trial = temporary(".trial");
        Files.write(trial, new byte[1]);
        Files.delete(trial);
    }

    /**
     * Durable when it returns.
     *
     * @return false when another process was faster; then nothing was written
     */
    boolean write(byte[] text, byte[] json) throws IOException {
        FolderLock lock = new FolderLock(folder.toRealPath().resolve(".report.lock"));
        try (FolderLock.Held held = lock.take()) {
            if (exists()) {
                return false;
            }
            // One without its .reply.json is what a crash left behind: it may be replaced.
            put(".reply.txt", text);
            put(".reply.json", json);
            return true;
        }
    }

    private void put(String suffix, byte[] content) throws IOException {
        Path temporary = temporary(suffix);
        try {
            disk.write(temporary, content);
            disk.rename(temporary, target(suffix));
        } finally {
            disk.delete(temporary);
        }
        disk.sync(outbox);
    }

    private Path target(String suffix) {
        return outbox.resolve(name + suffix);
    }

    private Path temporary(String suffix) {
        return outbox.resolve("." + name + suffix + ".tmp");
    }
}
