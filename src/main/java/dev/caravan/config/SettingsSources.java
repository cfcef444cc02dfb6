package dev.caravan.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Where settings come from, weakest first: packaged defaults, then the files of the working directory (alone) or the
 * host's properties (embedded), then the environment, then system properties. Values never print.
 *
 * @param workingDir holds {@code application.properties} and {@code .env}; empty inside a host application
 * @param hostProperties the host application's own properties; other names than {@code caravan.*} are ignored
 * @param environment environment variables
 * @param systemProperties {@code -D}
 */
public record SettingsSources(
        Optional<Path> workingDir,
        Map<String, String> hostProperties,
        Map<String, String> environment,
        Map<String, String> systemProperties) {

    public SettingsSources {
        hostProperties = Map.copyOf(hostProperties);
        environment = Map.copyOf(environment);
        systemProperties = Map.copyOf(systemProperties);
    }

    /** For Caravan run alone: {@code application.properties} and {@code .env} of the working directory count. */
    public static SettingsSources standalone(
            Path workingDir, Map<String, String> environment, Properties systemProperties) {
        return new SettingsSources(Optional.of(workingDir), Map.of(), environment, texts(systemProperties));
    }

    /** For a host application: its properties count, no file of the working directory does. */
    public static SettingsSources embedded(
            Map<String, String> hostProperties, Map<String, String> environment, Properties systemProperties) {
        return new SettingsSources(Optional.empty(), hostProperties, environment, texts(systemProperties));
    }

    private static Map<String, String> texts(Properties properties) {
        Map<String, String> texts = new HashMap<>();
        for (String name : properties.stringPropertyNames()) {
            String value = properties.getProperty(name);
            // Another thread may have removed it meanwhile.
            if (value != null) {
                texts.put(name, value);
            }
        }
        return texts;
    }

    @Override
    public String toString() {
        return "SettingsSources[workingDir=" + workingDir + "]";
    }
}
