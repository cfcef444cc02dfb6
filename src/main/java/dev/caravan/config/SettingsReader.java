package dev.caravan.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads all settings once. A stronger source replaces the value of a weaker one, an empty value there means the
 * default; only the value that counts is checked, but an unknown {@code caravan.*} key is a problem in any source.
 */
public final class SettingsReader {
    private static final Set<String> AWS_RELATED =
            Set.of("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "NO_PROXY", "no_proxy", "HOME");
    private static final String NOT_YET = "this version does not have it yet; leave it at its default";

    private final Complaints complaints = new Complaints();
    private final Map<Key<?>, Given> given = new HashMap<>();
    private final Map<String, String> variables = new HashMap<>();

    private SettingsReader() {}

    /**
     * What was read.
     *
     * @param warnings one line each, for the log; no secret in them
     * @param effective the text of every key in force, given or default, empty where none is; without the secret ones
     * @param defaultFilesDir whether the folder of files is the one that everyone gets, which a user need not know of
     */
    public record Loaded(
            Settings settings, List<String> warnings, Map<String, String> effective, boolean defaultFilesDir) {}

    /** @throws SettingsException with every problem that the sources have */
    public static Loaded read(SettingsSources sources) {
        return new SettingsReader().load(sources);
    }

    private Loaded load(SettingsSources sources) {
        Optional<Path> folder = sources.workingDir();
        properties(sources.hostProperties(), "the host's properties");
        folder.ifPresent(dir -> properties(PropertiesFile.read(dir, complaints), PropertiesFile.NAME));
        folder.ifPresent(dir -> variables(DotEnvFile.read(dir, complaints), " in " + DotEnvFile.NAME));
        variables(sources.environment(), "");
        properties(sources.systemProperties(), "-D");
        given.values().removeIf(value -> value.text().isEmpty());
        Keys.ALL.forEach(this::elseByOtherVariable);
        Keys.ALL.forEach(this::check);
        checkPorts();
        mustNotBeAFile(Keys.SCHEMAS_DIR, folder);
        boolean defaultFilesDir = isDefaultFilesDir();
        if (!defaultFilesDir) {
            mustNotBeAFile(Keys.FILES_DIR, folder);
        }
        complaints.throwIfAny();
        return new Loaded(
                SettingsTree.build(new Values(given), folder, aws()),
                complaints.warnings(),
                effective(),
                defaultFilesDir);
    }

    /** The file that Caravan is shipped with gives every default, so who copied it has not asked for one. */
    private boolean isDefaultFilesDir() {
        Given value = given.get(Keys.FILES_DIR);
        return value == null || value.from().equals(PropertiesFile.NAME) && Keys.FILES_DIR.isDefault(value.text());
    }

    private Map<String, String> effective() {
        Map<String, String> texts = new TreeMap<>();
        for (Key<?> key : Keys.ALL) {
            if (!key.secret()) {
                Given value = given.get(key);
                texts.put(key.name(), value == null ? key.defaultText() : value.text());
            }
        }
        return Collections.unmodifiableMap(texts);
    }

    private void properties(Map<String, String> properties, String from) {
        new TreeMap<>(properties).forEach((name, text) -> {
            if (name.startsWith(Key.PREFIX)) {
                Given value = new Given(text.strip(), from, false);
                KeyNames.byName(name).ifPresentOrElse(key -> given.put(key, value), () -> unknownKey(name, value));
            }
        });
    }

    private void variables(Map<String, String> values, String where) {
        variables.putAll(values);
        new TreeMap<>(values).forEach((name, text) -> {
            Given value = new Given(text.strip(), name + where, true);
            Optional<Key<?>> key = KeyNames.byEnv(name);
            if (key.isPresent()) {
                given.put(key.get(), value);
            } else if (name.startsWith(Key.PREFIX)) {
                keyAsVariable(name, value);
            } else if (name.startsWith(Key.ENV_PREFIX)) {
                unknownVariable(name, value, where);
            }
        });
    }

    private void unknownKey(String name, Given value) {
        if (KeyNames.isProvider(name)) {
            if (!value.text().isEmpty()) {
                complaints.unknown(name, value, false, NOT_YET);
            }
            return;
        }
        Optional<Key<?>> nearest = KeyNames.nearest(name);
        complaints.unknown(
                name,
                value,
                nearest.filter(Key::secret).isPresent(),
                "no such key"
                        + nearest.map(key -> "; did you mean " + key.name() + "?")
                                .orElse(""));
    }

    private void keyAsVariable(String name, Given value) {
        Optional<Key<?>> known = KeyNames.byName(name);
        if (known.isEmpty()) {
            unknownKey(name, value);
            return;
        }
        complaints.problem(
                value,
                known.get(),
                "a key is not a variable; write " + known.get().env());
    }

    private void unknownVariable(String name, Given value, String where) {
        if (KeyNames.isProvider(name)) {
            if (!value.text().isEmpty()) {
                complaints.unknown(name, value, false, NOT_YET);
            }
            return;
        }
        String hint = KeyNames.nearest(name)
                .map(key -> "; did you mean " + key.env() + "?")
                .orElse("");
        complaints.warning("unknown variable " + name + where + " is ignored" + hint);
    }

    private void elseByOtherVariable(Key<?> key) {
        key.elseEnv().ifPresent(name -> {
            String text = variables.getOrDefault(name, "").strip();
            if (!text.isEmpty()) {
                given.putIfAbsent(key, new Given(text, name, true));
            }
        });
    }

    private void check(Key<?> key) {
        Given value = given.get(key);
        if (value == null || isIdle(key, value)) {
            return;
        }
        if (key.rule().parse(value.text()).isEmpty()) {
            complaints.problem(value, key, "must be " + key.rule().text());
        } else if (!key.available() && !key.isDefault(value.text())) {
            complaints.problem(value, key, NOT_YET);
        }
    }

    /** Other programs read GROQ_* variables too; without USE_GROQ they say nothing to us. */
    private static boolean isIdle(Key<?> key, Given value) {
        return value.variable() && LaterKeys.GROQ_DETAILS.contains(key);
    }

    /** Two servers of one process on one port would share it, and each get some of the other's calls. */
    private void checkPorts() {
        mustDiffer(Keys.MANAGEMENT_PORT, Keys.HTTP_PORT);
        mustDiffer(Keys.EMULATOR_PORT, Keys.HTTP_PORT);
        mustDiffer(Keys.EMULATOR_PORT, Keys.MANAGEMENT_PORT);
    }

    private void mustDiffer(Key<Integer> key, Key<Integer> other) {
        Values values = new Values(given);
        Optional<Integer> port = values.find(key).filter(number -> number > 0);
        if (port.isPresent() && port.equals(values.find(other))) {
            Given shown = given.getOrDefault(key, new Given(port.get().toString(), "the default", false));
            complaints.problem(shown, key, "must differ from " + other.name());
        }
    }

    /** A missing folder is fine. In a host's working directory only what is given counts. */
    private void mustNotBeAFile(Key<Path> key, Optional<Path> folder) {
        if (folder.isEmpty() && !given.containsKey(key)) {
            return;
        }
        Optional<Path> path = new Values(given).find(key);
        if (path.map(value -> SettingsTree.resolved(folder, value))
                .filter(place -> Files.exists(place) && !Files.isDirectory(place))
                .isPresent()) {
            Given shown = given.getOrDefault(key, new Given(key.defaultText(), "the default", false));
            complaints.problem(shown, key, "must be a folder, and is something else");
        }
    }

    private AwsEnvironment aws() {
        Map<String, String> values = new HashMap<>(variables);
        values.keySet().removeIf(name -> !name.startsWith("AWS_") && !AWS_RELATED.contains(name));
        return new AwsEnvironment(values);
    }
}
