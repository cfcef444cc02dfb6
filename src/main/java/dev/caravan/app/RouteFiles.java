package dev.caravan.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which YAML routes are loaded: the shipped ones inside, and those of {@code caravan.routes.dir}, of which one with a
 * shipped name takes its place.
 */
final class RouteFiles {
    private static final String SHIPPED = "classpath:dev/caravan/routes/";
    private static final String SUFFIX = ".yaml";

    private final List<Path> files;

    private RouteFiles(List<Path> files) {
        this.files = files;
    }

    /** @param folder need not exist */
    static RouteFiles in(Path folder) {
        if (!Files.exists(folder)) {
            return new RouteFiles(List.of());
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return new RouteFiles(entries.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .filter(Files::isRegularFile)
                    .map(Path::toAbsolutePath)
                    .sorted()
                    .toList());
        } catch (IOException e) {
            throw StartException.wrongInput(
                    List.of("caravan.routes.dir = " + folder + ": cannot be read as a folder"), e);
        }
    }

    /** In Camel's form, comma-separated. */
    String includePattern() {
        return String.join(
                ",",
                Stream.concat(Stream.of(SHIPPED + "*" + SUFFIX), files.stream().map(file -> "file:" + file))
                        .toList());
    }

    /** Shipped files that one of the folder replaces; empty for none. */
    String excludePattern() {
        return String.join(
                ",", files.stream().map(file -> SHIPPED + file.getFileName()).toList());
    }
}
