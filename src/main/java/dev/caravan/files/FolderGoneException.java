package dev.caravan.files;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** The watched folder has gone with its disk, or another one stands in its place. Whatever was in it may come back. */
final class FolderGoneException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    FolderGoneException(Path root, boolean another) {
        super(
                root.toString(),
                null,
                (another ? "another folder is in the place of the one that was watched" : "it has gone")
                        + ", and is not made anew by itself; bring it back (mount it, move it back). To begin with an empty one,"
                        + " make it with a folder inbox in it: it is opened once no job is in work");
    }
}
