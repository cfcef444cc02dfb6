package dev.caravan.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.runtime.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped {@code application.properties} and the table of keys say the same. */
class ApplicationPropertiesTest {
    private final String file = packaged();

    @Test
    void file_hasEveryKeyWithItsDefault_andNoOther() throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(file));
        Map<String, String> inFile = properties.stringPropertyNames().stream()
                .filter(name -> name.startsWith("caravan."))
                .collect(Collectors.toMap(name -> name, properties::getProperty));

        assertThat(inFile).isEqualTo(Keys.ALL.stream().collect(Collectors.toMap(Key::name, Key::defaultText)));
    }

    @Test
    void file_saysMeaningVariableAndRangeAboveEachKey() {
        List<String> expected = new ArrayList<>();
        for (Key<?> key : Keys.ALL) {
            expected.addAll(SettingsTable.comment(key));
            expected.add(key.name() + "=" + key.defaultText());
        }
        assertThat(file.lines().filter(new HashSet<>(expected)::contains)).containsExactlyElementsOf(expected);
    }

    @Test
    void file_asItIs_givesTheDefaults(@TempDir Path dir) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(file));
        Settings shipped = SettingsReader.read(SettingsSources.standalone(dir, Map.of(), properties))
                .settings();
        Settings defaults = SettingsReader.read(SettingsSources.standalone(dir, Map.of(), new Properties()))
                .settings();
        assertThat(shipped).usingRecursiveComparison().isEqualTo(defaults);
    }

    @Test
    void everyDefault_followsItsRule() {
        assertThat(Keys.ALL).allSatisfy(key -> {
            if (!key.defaultText().isEmpty()) {
                assertThat(key.rule().parse(key.defaultText())).as(key.name()).isPresent();
            }
            assertThat(key.isDefault(key.defaultText())).as(key.name()).isTrue();
        });
    }

    @Test
    void namesAndVariables_areUnique() {
        Set<String> names = Keys.ALL.stream().map(Key::name).collect(Collectors.toSet());
        Set<String> variables = Keys.ALL.stream().map(Key::env).collect(Collectors.toSet());
        assertThat(names).hasSameSizeAs(Keys.ALL);
        assertThat(variables).hasSameSizeAs(Keys.ALL);
    }

    @Test
    void camelSettings_existInCamel() throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(file));
        Set<String> ours = new TreeSet<>(properties.stringPropertyNames());
        ours.removeIf(name -> name.startsWith("caravan."));
        assertThat(ours).isNotEmpty().isSubsetOf(camelOptions());
    }

    @Test
    void markdownTable_hasARowPerKey() {
        assertThat(SettingsTable.markdown())
                .hasSize(Keys.ALL.size() + 2)
                .contains("| `caravan.retry.max` | `CARAVAN_MAX_RETRIES` | `3` | a whole number, 0 to 10"
                        + " | attempts after the first |")
                .allSatisfy(row -> assertThat(row.chars().filter(c -> c == '|')).hasSize(6));
    }

    private static Set<String> camelOptions() throws IOException {
        try (InputStream in = resource("/META-INF/camel-main-configuration-metadata.json")) {
            Set<String> names = new HashSet<>();
            Json.read(in.readAllBytes())
                    .get("properties")
                    .forEach(option -> names.add(option.get("name").asText()));
            return names;
        }
    }

    private static String packaged() {
        try (InputStream in = resource("/dev/caravan/application.properties")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream resource(String name) {
        return ApplicationPropertiesTest.class.getResourceAsStream(name);
    }
}
