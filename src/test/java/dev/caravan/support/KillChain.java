package dev.caravan.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.support.DroppedFile.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/** Starts and kills the service on one folder, again and again, at times and with files that a seed decides. */
public final class KillChain {
    private static final List<String> FOLDERS = List.of("", "", "letters/", "a b/c d/", "Überlauf/");
    /** Names that meet again, and names of their own. */
    private static final List<String> NAMES =
            List.of("note", "note", "with space", "grüße", "emoji 🚚 ", "own-#", "own-#", "v1.2 #", "note.reply");

    private static final int MOST_FILES = 3;
    private static final int LONGEST_RUN_MILLIS = 1500;
    private static final int LONGEST_START_MILLIS = 1500;
    private static final int LONGEST_DELAY_MILLIS = 400;

    private final FolderLedger ledger;
    private final Random random;
    private final Supplier<JarProcess> start;
    private final Map<String, Integer> killsOf = new HashMap<>();

    /** @param start starts the service without waiting for it */
    public KillChain(FolderLedger ledger, long seed, Supplier<JarProcess> start) {
        this.ledger = ledger;
        this.random = new Random(seed);
        this.start = start;
    }

    /** Drops some files, starts the service, drops some more, and kills it; one time in five before it is ready. */
    public void startAndKill() {
        drop();
        JarProcess service = start.get();
        if (random.nextInt(5) == 0) {
            service.run(Duration.ofMillis(random.nextInt(LONGEST_START_MILLIS)));
        } else {
            service.awaitReady();
            drop();
            // Short runs more often than long ones: that is when jobs are under way.
            double share = random.nextDouble();
            service.run(Duration.ofMillis((long) (share * share * LONGEST_RUN_MILLIS)));
        }
        service.kill();
        ledger.dropped().forEach(file -> killsOf.merge(file.mark(), 1, Integer::sum));
    }

    private void drop() {
        for (int left = random.nextInt(MOST_FILES + 1); left > 0; left--) {
            ledger.drop(next());
        }
    }

    private DroppedFile next() {
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        String name = FOLDERS.get(random.nextInt(FOLDERS.size())) + NAMES.get(random.nextInt(NAMES.size()));
        String directive = random.nextInt(3) == 0 ? "delay=" + random.nextInt(LONGEST_DELAY_MILLIS) + "ms" : "";
        return DroppedFile.of(kind, name, directive);
    }

    /** A file is asked about once, and once more at most for each kill that it lived through. */
    public void assertCallsExplained(Map<String, Integer> calls) {
        for (DroppedFile file : ledger.dropped()) {
            assertThat(calls.getOrDefault(file.mark(), 0))
                    .as("calls for " + file.path())
                    .isBetween(1, 1 + killsOf.getOrDefault(file.mark(), 0));
        }
    }
}
