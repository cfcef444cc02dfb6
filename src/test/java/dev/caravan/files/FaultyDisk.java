package dev.caravan.files;

import java.io.IOException;
import java.nio.file.Path;

/** The real disk, with something that happens before each operation. */
final class FaultyDisk implements Disk {
    /** Told the number of the operation, from 1; it may throw. */
    interface Before {
        void operation(int number) throws IOException;
    }

    private final Disk real = new Disk.Real();
    private final Before before;
    private int operations;

    FaultyDisk(Before before) {
        this.before = before;
    }

    int operations() {
        return operations;
    }

    private void next() throws IOException {
        before.operation(++operations);
    }

    @Override
    public void write(Path file, byte[] content) throws IOException {
        next();
        real.write(file, content);
    }

    @Override
    public void link(Path file, Path second) throws IOException {
        next();
        real.link(file, second);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        next();
        real.rename(from, to);
    }

    @Override
    public void makeFolder(Path folder) throws IOException {
        next();
        real.makeFolder(folder);
    }

    @Override
    public void delete(Path path) throws IOException {
        next();
        real.delete(path);
    }

    @Override
    public void sync(Path folder) throws IOException {
        next();
        real.sync(folder);
    }
}
