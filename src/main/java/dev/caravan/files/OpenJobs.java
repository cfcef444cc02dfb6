package dev.caravan.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The jobs in .work/: those of this store from memory, those of others from their entries. */
final class OpenJobs {
    private final Path work;
    private final Map<String, FolderJob> own = new ConcurrentHashMap<>();

    /** @param work the real path of .work/ */
    OpenJobs(Path work) {
        this.work = work;
    }

    void add(FolderJob job) {
        own.put(job.id(), job);
    }

    void remove(String id) {
        own.remove(id);
    }

    boolean contains(String id) {
        return own.containsKey(id);
    }

    List<FolderJob> own() {
        return List.copyOf(own.values());
    }

    /** Compared names of all jobs of a sub-folder but one. */
    Set<String> comparedNames(Path sub, String except) throws IOException {
        Set<String> names = new HashSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(work)) {
            for (Path dir : entries) {
                String id = FileNames.of(dir);
                if (Entry.isId(id) && !id.equals(except)) {
                    namedFile(id)
                            .filter(file -> Folders.subFolder(file).equals(sub))
                            .ifPresent(file -> names.add(ComparedName.ofFile(FileNames.of(file))));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    private Optional<Path> namedFile(String id) {
        FolderJob job = own.get(id);
        if (job != null) {
            return Optional.of(job.namedFile());
        }
        try {
            return Entry.fileIn(new Entry(work.resolve(id)).named());
        } catch (IOException e) {
            // No job can be made of it, and adopting it says so; no result will be of its name.
            return Optional.empty();
        }
    }
}
