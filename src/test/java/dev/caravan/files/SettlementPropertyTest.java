package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SettlementPropertyTest {
    /** What becomes of a file. */
    enum Way {
        ANSWERED,
        FAILED,
        /** It fails, and is moved back to the inbox and answered. */
        TRIED_AGAIN,
        /** It stays in work. */
        WAITING
    }

    /** A file that is dropped. */
    record Dropped(String name, Way way) {}

    @Provide
    Arbitrary<List<Dropped>> files() {
        Arbitrary<String> names = Combinators.combine(
                        Arbitraries.of("a", "a-2", "a.reply", "a.error", "a.reply.error", "a.replies"),
                        Arbitraries.of("", ".txt", ".md", ".json", ".jsonl", ".pdf", ".error.json", ".reply.txt"))
                .as(String::concat);
        return Combinators.combine(names, Arbitraries.of(Way.class))
                .as(Dropped::new)
                .list()
                .ofMinSize(2)
                .ofMaxSize(12);
    }

    @Property(tries = 20)
    void whateverIsDropped_nothingIsOverwrittenOrLost(@ForAll("files") List<Dropped> dropped) throws IOException {
        Path dir = Files.createTempDirectory("caravan-names");
        Tree tree = new Tree(dir);
        try (FolderJobStore store = tree.open()) {
            for (int i = 0; i < dropped.size(); i++) {
                drop(tree, store, dropped.get(i), "input " + i);
            }
            Map<String, String> files = tree.files();
            for (int i = 0; i < dropped.size(); i++) {
                assertThat(files.values()).as("%s", files).containsOnlyOnce("input " + i);
            }
            long answered = dropped.stream()
                    .filter(file -> file.way() == Way.ANSWERED || file.way() == Way.TRIED_AGAIN)
                    .count();
            assertThat(files.keySet().stream()
                            .filter(file -> file.startsWith("outbox/") && file.endsWith(".reply.json")))
                    .hasSize((int) answered);
            long failed =
                    dropped.stream().filter(file -> file.way() == Way.FAILED).count();
            assertThat(files.keySet().stream().filter(file -> file.startsWith("failed/")))
                    .as("%s", files)
                    .hasSize((int) failed * 2);
        } finally {
            delete(dir);
        }
    }

    private static void drop(Tree tree, FolderJobStore store, Dropped dropped, String content) throws IOException {
        Job job = store.claim(tree.put("inbox/" + dropped.name(), content)).orElseThrow();
        if (dropped.way() == Way.FAILED || dropped.way() == Way.TRIED_AGAIN) {
            job.keepProblem(Tree.problem());
            job.complete();
        }
        if (dropped.way() == Way.TRIED_AGAIN) {
            String name = job.name();
            String file = job.input().getFileName().toString();
            Path back = tree.folders.inbox().resolve(file);
            Files.move(tree.folders.failed().resolve(file), back);
            job = store.claim(back).orElseThrow();
            assertThat(job.name()).isEqualTo(name);
        }
        if (dropped.way() == Way.ANSWERED || dropped.way() == Way.TRIED_AGAIN) {
            job.keepReply(Tree.reply(job.id(), "reply of " + content));
            job.complete();
        }
    }

    private static void delete(Path dir) throws IOException {
        try (Stream<Path> paths = Files.walk(dir)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
