package dev.caravan.app;

import dev.caravan.runtime.FileFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * Which YAML routes are loaded: the shipped ones inside, and those of {@code caravan.routes.dir}, of which one with a
 * shipped name takes its place.
 */
final class RouteFiles {
    private static final String SHIPPED = "classpath:dev/caravan/routes/*.yaml";
    private static final String SUFFIX = ".yaml";

    private final Path folder;
    private final Set<String> leftOut;
    private final RouteIds ids = new RouteIds();

    /**
     * @param folder need not exist
     * @param leftOut names of shipped files that are not loaded
     */
    RouteFiles(Path folder, Set<String> leftOut) {
        this.folder = folder;
        this.leftOut = leftOut;
    }

    /**
     * @throws StartException for a file that cannot be read, has no route, or gives a route an id that is taken
     * @throws Exception what Camel throws for a broken file
     */
    Collection<RoutesBuilder> load(CamelContext context) throws Exception {
        List<Path> files = files();
        Set<String> names =
                files.stream().map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        List<Resource> resources = new ArrayList<>();
        for (Resource shipped :
                PluginHelper.getPackageScanResourceResolver(context).findResources(SHIPPED)) {
            String name = Path.of(shipped.getLocation()).getFileName().toString();
            if (!names.contains(name) && !leftOut.contains(name)) {
                resources.add(shipped);
            }
        }
        if (!files.isEmpty()) {
            ((ModelCamelContext) context)
                    .getRouteDefinitions()
                    .forEach(route -> ids.claim(route.getRouteId(), "a route of Caravan's own"));
            for (Resource shipped : resources) {
                ids.claim(
                        bytes(shipped),
                        "Caravan's own " + Path.of(shipped.getLocation()).getFileName());
            }
        }
        for (Path file : files) {
            byte[] text = bytes(file);
            ids.claim(text, file.toString());
            // Not by Camel's file: address, in which a % or # of the name would mean something.
            resources.add(ResourceHelper.fromBytes("file:" + file, text));
        }
        ids.throwOnProblems();
        return PluginHelper.getRoutesLoader(context).findRoutesBuilders(resources);
    }

    /** The file that a route is in, when it is one of the user's or shipped. */
    Optional<String> fileOf(String routeId) {
        return ids.owner(routeId);
    }

    private static byte[] bytes(Resource resource) throws IOException {
        try (InputStream in = resource.getInputStream()) {
            return in.readAllBytes();
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw StartException.wrongInput(
                    List.of(file + ": cannot be read (caravan.routes.dir): " + FileFailure.words(e, file)), e);
        }
    }

    /** Without those whose name begins with a dot: editors and file managers leave such behind. */
    private List<Path> files() {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .filter(Files::isRegularFile)
                    .map(Path::toAbsolutePath)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw StartException.wrongInput(
                    List.of("caravan.routes.dir = " + folder + ": cannot be read: " + FileFailure.words(e, folder)), e);
        }
    }
}
