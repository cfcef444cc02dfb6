package dev.caravan.app;

import dev.caravan.runtime.NativeText;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether the working directory is the one that the JVM names. It is not when the locale cannot say the name: then
 * {@code .env} would be passed over, and folders made elsewhere.
 */
final class WorkingFolder {
    private static final String NAME = "user.dir";
    private static final Path OF_THE_PROCESS = Path.of("/proc/self/cwd");

    private WorkingFolder() {}

    /**
     * To be called before any file is looked for.
     *
     * @throws StartException when the working directory cannot be found by its name
     */
    static void require() {
        String folder = System.getProperty(NAME);
        if (new File(folder).isDirectory() && !standsForAnother(folder)) {
            return;
        }
        String why = NativeText.encoding().equals(StandardCharsets.UTF_8)
                ? "perhaps it is not UTF-8): "
                : "this locale, " + NativeText.encoding() + ", cannot say it): " + NativeText.ADVICE + ", or ";
        throw StartException.wrongInput(
                List.of("the working directory cannot be found by its name (" + why + "start in another directory"),
                null);
    }

    /** A folder may bear the very name that the JVM made of the true one. Where there is no /proc nobody can tell. */
    private static boolean standsForAnother(String folder) {
        boolean whole = folder.indexOf('\uFFFD') < 0 && folder.indexOf('?') < 0;
        if (whole || !Files.isDirectory(OF_THE_PROCESS)) {
            return false;
        }
        try {
            return !Files.isSameFile(OF_THE_PROCESS, Path.of(folder));
        } catch (InvalidPathException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
