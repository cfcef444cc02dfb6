package dev.caravan.files;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The compared names of those files in a folder whose names are not of the usual forms, that is, which cannot be looked
 * up one by one: other extensions, {@code .reply} within a name. A listing is used for a second, or for ten times as
 * long as it took.
 */
final class ForeignNames {
    private static final long LEAST_AGE = TimeUnit.SECONDS.toNanos(1);
    private static final int TIMES_ITS_COST = 10;
    private static final long MAX_NAMES = 1_000_000;

    private final Ticker ticker;
    private final Cache<Path, Listing> listings;

    ForeignNames(Ticker ticker) {
        this.ticker = ticker;
        this.listings = Caffeine.newBuilder()
                .ticker(ticker)
                .executor(Runnable::run)
                .maximumWeight(MAX_NAMES)
                .weigher((Path folder, Listing listing) -> 1 + listing.names.size())
                .expireAfter(Expiry.<Path, Listing>writing((folder, listing) -> listing.age()))
                .build();
    }

    /**
     * What is known of the folder, about a second old at most.
     *
     * @param usual whether what follows the compared name is of a usual form
     */
    Set<String> in(Path folder, Predicate<String> usual) throws IOException {
        Listing known = listings.getIfPresent(folder);
        return known == null ? now(folder, usual) : known.names;
    }

    /** What is in the folder now. */
    Set<String> now(Path folder, Predicate<String> usual) throws IOException {
        long began = ticker.read();
        Set<String> names = list(folder, usual);
        listings.put(folder, new Listing(names, ticker.read() - began));
        return names;
    }

    /** The folder has another file than before. */
    void forget(Path folder) {
        listings.invalidate(folder);
    }

    private static Set<String> list(Path folder, Predicate<String> usual) throws IOException {
        Set<String> names = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = FileNames.of(file);
                String compared = ComparedName.ofFile(name);
                if (!usual.test(name.substring(compared.length()))
                        && !names.contains(compared)
                        && !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    names.add(compared);
                }
            }
        } catch (NoSuchFileException e) {
            return Set.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    /** @param cost how long it took, in nanoseconds */
    private record Listing(Set<String> names, long cost) {
        Duration age() {
            return Duration.ofNanos(Math.max(LEAST_AGE, cost * TIMES_ITS_COST));
        }
    }
}
