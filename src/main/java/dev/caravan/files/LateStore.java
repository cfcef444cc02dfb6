package dev.caravan.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The embedded store of a folder that may not be there yet: opened as soon as it can be. Thread-safe. */
final class LateStore implements JobStore {
    private static final Logger LOG = LoggerFactory.getLogger(LateStore.class);

    private final Folders folders;
    private FolderJobStore store;
    private boolean closed;

    LateStore(Folders folders) {
        this.folders = folders;
    }

    /** Makes what is missing of the folders, and opens the store when it is not open, or the folder is a new one. */
    synchronized void ensure() throws IOException {
        if (closed) {
            throw new IOException("the folder door is closed");
        }
        if (store == null) {
            store = FolderJobStore.open(folders);
        } else if (folders.isMadeAnew() && !store.anyInWork()) {
            LOG.warn("{} is another folder than before; no job was in work, so it is opened anew", folders.root());
            store.close();
            folders.takeRoot();
            store = FolderJobStore.open(folders);
        } else {
            folders.ensure();
        }
    }

    private synchronized JobStore open() throws IOException {
        if (store == null) {
            throw new IOException("the folders could not be made yet");
        }
        return store;
    }

    @Override
    public Optional<Job> claim(Path file) throws IOException {
        return open().claim(file);
    }

    @Override
    public List<Job> adopt() throws IOException {
        return open().adopt();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (store != null) {
            store.close();
        }
    }
}
