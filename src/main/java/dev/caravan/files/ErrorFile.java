package dev.caravan.files;

import dev.caravan.runtime.Json;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** An error file of Caravan's that was moved into the inbox together with its input: it is no request, and goes. */
final class ErrorFile {
    private static final String TYPE = "urn:caravan:problem:";
    private static final long MAX_SIZE = 1 << 20;

    private ErrorFile() {}

    /** Whether the file is one, and its input lies beside it. */
    static boolean isLeftBeside(Path file) throws IOException {
        String name = FileNames.of(file);
        if (!name.endsWith(TakenNames.PROBLEM) || !isProblem(file)) {
            return false;
        }
        String stem = name.substring(0, name.length() - TakenNames.PROBLEM.length());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(file.getParent())) {
            for (Path other : files) {
                if (ComparedName.stem(FileNames.of(other)).equals(stem)) {
                    return true;
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return false;
    }

    /** Deletes the error file of an input that was just taken out of the inbox, if it came along. */
    static void deleteOf(Disk disk, Path input) throws IOException {
        String name = ComparedName.stem(FileNames.of(input)) + TakenNames.PROBLEM;
        Path file = input.resolveSibling(FileNames.path(name));
        if (Folders.exists(file) && isProblem(file)) {
            disk.delete(file);
        }
    }

    private static boolean isProblem(Path file) {
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(file) <= MAX_SIZE
                    && Json.read(Files.readAllBytes(file)).path("type").asText().startsWith(TYPE);
        } catch (IOException e) {
            // No JSON, gone, or not to be read: it says nothing.
            return false;
        }
    }
}
