package dev.caravan.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Gives each job a name of its own within its sub-folder. To be used under the lock of the folder. */
final class NameSettlement {
    private static final int MAX_FILE = 255;
    private static final int MAX_NUMBER = 999_999;
    private static final int NUMBER = 7;
    private static final int MAX_NAME = MAX_FILE - NUMBER - TakenNames.REPLIES.length();
    /** Up to here numbers are tried one by one. */
    private static final int FEW = 32;

    private final Folders folders;
    private final Disk disk;
    private final TakenNames taken;

    NameSettlement(Folders folders, Disk disk, TakenNames taken) {
        this.folders = folders;
        this.disk = disk;
        this.taken = taken;
    }

    /**
     * A job's name and its file's extension.
     *
     * @param suffix with its dot, or empty
     */
    record Settled(String name, String suffix) {
        private static final Set<String> TEXTS = Set.of("txt", "md");

        Path file() {
            return FileNames.path(name + suffix);
        }

        /** In lower case without the dot. */
        String extension() {
            return suffix.isEmpty() ? "" : suffix.substring(1).toLowerCase(Locale.ROOT);
        }

        /** Whether the file's text is the prompt, so that the answer's text gets a file of its own. */
        boolean isText() {
            return TEXTS.contains(extension());
        }
    }

    /**
     * The file's name, or the next free one after it, shortened where the files of the job would be longer than 255
     * bytes. An error file of that name whose input has gone is deleted.
     *
     * @param inWork compared names of the other jobs in the sub-folder
     */
    Settled settle(Path sub, String stem, String suffix, Set<String> inWork) throws IOException {
        String base = FileNames.cut(stem, MAX_NAME);
        String end = FileNames.cut(suffix, MAX_FILE - NUMBER - FileNames.length(base));
        Choice choice = number -> {
            String name = number == 1 ? base : base + "-" + number;
            return isFree(sub, name, end, inWork) ? name : null;
        };
        Settled settled = new Settled(first(choice), end);
        deleteOrphan(sub, settled.name());
        return settled;
    }

    /** Lists what has to be listed for the sub-folder, if that is due; without the lock, as it may take long. */
    void look(Path sub) throws IOException {
        taken.look(sub);
    }

    /** A file was put into outbox/, done/ or failed/. */
    void put(Path file) {
        taken.put(file);
    }

    /** The name of a number when it is free, else null. */
    private interface Choice {
        String take(int number) throws IOException;
    }

    /** A file that looks like an error file would be taken for one in failed/. */
    private boolean isFree(Path sub, String name, String suffix, Set<String> inWork) throws IOException {
        return !(name + suffix).endsWith(TakenNames.PROBLEM)
                && !inWork.contains(ComparedName.ofName(name))
                && !taken.contain(sub, name, suffix);
    }

    /** One by one, then by halves: of very many files of one name the last one is found fast. */
    private static String first(Choice choice) throws IOException {
        for (int number = 1; number <= FEW; number++) {
            String name = choice.take(number);
            if (name != null) {
                return name;
            }
        }
        int low = FEW;
        int high = FEW * 2;
        String free = choice.take(high);
        while (free == null) {
            if (high == MAX_NUMBER) {
                throw new IOException("a million files have the same name");
            }
            low = high;
            high = Math.min(high * 2, MAX_NUMBER);
            free = choice.take(high);
        }
        while (high - low > 1) {
            int middle = (low + high) / 2;
            String name = choice.take(middle);
            free = name == null ? free : name;
            low = name == null ? middle : low;
            high = name == null ? high : middle;
        }
        return free;
    }

    private void deleteOrphan(Path sub, String name) throws IOException {
        if (Folders.obstacle(folders.failed(), sub).isPresent()) {
            return;
        }
        Path error = folders.failed().resolve(sub).resolve(FileNames.path(name + TakenNames.PROBLEM));
        if (Folders.exists(error)) {
            disk.delete(error);
        }
    }
}
