package dev.caravan.files;

import com.github.benmanes.caffeine.cache.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which names are taken by files in outbox/, done/ and failed/. Files of the usual forms are looked up one by one, so
 * that the number of files does not matter; the others are listed.
 */
final class TakenNames {
    static final String TEXT = ".reply.txt";
    static final String REPLY = ".reply.json";
    static final String REPLIES = ".replies.jsonl";
    static final String PROBLEM = ".error.json";

    private static final List<String> RESULTS = List.of(TEXT, REPLY, REPLIES);
    private static final List<String> INPUTS = List.of(".txt", ".md", ".json", ".jsonl");

    private final Folders folders;
    private final ForeignNames foreign;

    TakenNames(Folders folders, Ticker ticker) {
        this.folders = folders;
        this.foreign = new ForeignNames(ticker);
    }

    /** @param suffix the file's extension with its dot, or empty */
    boolean contain(Path sub, String name, String suffix) throws IOException {
        Set<String> spellings = Set.copyOf(List.of(name, ComparedName.ofName(name)));
        return isIn(folders.outbox(), sub, spellings, RESULTS, RESULTS::contains)
                || isIn(folders.done(), sub, spellings, INPUTS, INPUTS::contains)
                || exists(folders.done(), sub, name + suffix)
                || isIn(folders.failed(), sub, spellings, INPUTS, TakenNames::isUsualInFailed)
                || exists(folders.failed(), sub, name + suffix)
                || isFailed(sub, spellings);
    }

    /** Lists the folders anew whose listing is too old. */
    void look(Path sub) throws IOException {
        look(folders.outbox(), sub, RESULTS::contains);
        look(folders.done(), sub, INPUTS::contains);
        look(folders.failed(), sub, TakenNames::isUsualInFailed);
    }

    /** A file was put into one of the folders; one that cannot be looked up must not be missed until the next listing. */
    void put(Path file) {
        String name = FileNames.of(file);
        String ending = name.substring(ComparedName.ofFile(name).length());
        if (!RESULTS.contains(ending) && !INPUTS.contains(ending) && !ending.equals(PROBLEM)) {
            foreign.forget(file.getParent());
        }
    }

    private void look(Path folder, Path sub, Predicate<String> usual) throws IOException {
        if (Folders.obstacle(folder, sub).isEmpty()) {
            foreign.in(folder.resolve(sub), usual);
        }
    }

    private static boolean isUsualInFailed(String ending) {
        return INPUTS.contains(ending) || ending.endsWith(PROBLEM);
    }

    private boolean isIn(Path folder, Path sub, Set<String> spellings, List<String> endings, Predicate<String> usual)
            throws IOException {
        if (Folders.obstacle(folder, sub).isPresent()) {
            return false;
        }
        for (String spelling : spellings) {
            for (String ending : endings) {
                if (exists(folder, sub, spelling + ending)) {
                    return true;
                }
            }
        }
        return contains(foreign.in(folder.resolve(sub), usual), spellings);
    }

    /**
     * An error file counts when its input is there, which may be a file that no listing shows yet: a mistake here would
     * delete the error file.
     */
    private boolean isFailed(Path sub, Set<String> spellings) throws IOException {
        for (String spelling : spellings) {
            if (exists(folders.failed(), sub, spelling + PROBLEM)) {
                Path error = folders.failed().resolve(sub).resolve(FileNames.path(spelling + PROBLEM));
                return Files.isDirectory(error, LinkOption.NOFOLLOW_LINKS)
                        || contains(foreign.now(error.getParent(), TakenNames::isUsualInFailed), spellings);
            }
        }
        return false;
    }

    private static boolean contains(Set<String> compared, Set<String> spellings) {
        return spellings.stream().anyMatch(compared::contains);
    }

    private static boolean exists(Path folder, Path sub, String file) {
        return Folders.obstacle(folder, sub).isEmpty()
                && Folders.exists(folder.resolve(sub).resolve(FileNames.path(file)));
    }
}
