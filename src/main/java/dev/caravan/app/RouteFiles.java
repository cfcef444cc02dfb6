package dev.caravan.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
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

    private RouteFiles() {}

    /**
     * @param folder need not exist
     * @throws Exception what Camel throws for a broken file
     */
    static Collection<RoutesBuilder> load(CamelContext context, Path folder) throws Exception {
        List<Path> files = filesOf(folder);
        Set<String> names =
                files.stream().map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        List<Resource> resources = new ArrayList<>();
        for (Resource shipped :
                PluginHelper.getPackageScanResourceResolver(context).findResources(SHIPPED)) {
            if (!names.contains(Path.of(shipped.getLocation()).getFileName().toString())) {
                resources.add(shipped);
            }
        }
        for (Path file : files) {
            resources.add(ResourceHelper.resolveMandatoryResource(context, "file:" + file));
        }
        return PluginHelper.getRoutesLoader(context).findRoutesBuilders(resources);
    }

    private static List<Path> filesOf(Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .filter(Files::isRegularFile)
                    .map(Path::toAbsolutePath)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw StartException.wrongInput(
                    List.of("caravan.routes.dir = " + folder + ": cannot be read as a folder"), e);
        }
    }
}
