package dev.caravan.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Any text is either read or refused with a named problem. */
class SettingsReaderPropertyTest {
    private static final String HUSH = "hush-hush";

    private Path folder;

    @BeforeProperty
    void createFolder() throws IOException {
        folder = Files.createTempDirectory("settings");
    }

    @AfterProperty
    void deleteFolder() throws IOException {
        Files.deleteIfExists(folder.resolve(".env"));
        Files.deleteIfExists(folder.resolve("application.properties"));
        Files.delete(folder);
    }

    @Property
    void anyText_forAnyKey_isReadOrRefusedByName(@ForAll("keys") Key<?> key, @ForAll("texts") String text) {
        assertThat(problems(SettingsSources.embedded(Map.of(key.name(), text), Map.of(), new Properties())))
                .allSatisfy(problem ->
                        assertThat(problem).startsWith(key.name() + " = ").doesNotContain("\n"));
    }

    @Property
    void secretValues_neverShow(@ForAll("secretNames") String name, @ForAll("texts") String text) {
        String value = text + HUSH + text;
        SettingsSources sources = SettingsSources.embedded(Map.of(name, value), Map.of(), new Properties());
        assertThat(String.join("\n", problems(sources))).doesNotContain(HUSH);
    }

    @Property
    void anyName_isReadOrRefused(@ForAll("texts") String name, @ForAll("texts") String text) {
        Map<String, String> variables = Map.of("CARAVAN_" + name, text);
        assertThat(problems(SettingsSources.embedded(Map.of("caravan." + name, text), variables, new Properties())))
                .allSatisfy(problem -> assertThat(problem).doesNotContain("\n"));
    }

    @Property(tries = 100)
    void anyDotEnv_isReadOrRefusedByLine(@ForAll("lines") List<String> lines) throws IOException {
        Files.deleteIfExists(folder.resolve("application.properties"));
        Files.writeString(folder.resolve(".env"), String.join("\n", lines));
        assertThat(problems(SettingsSources.standalone(folder, Map.of(), new Properties())))
                .allSatisfy(problem -> assertThat(problem).startsWith(".env"));
    }

    @Property(tries = 100)
    void anyPropertiesFile_isReadOrRefused(@ForAll("lines") List<String> lines) throws IOException {
        Files.deleteIfExists(folder.resolve(".env"));
        Files.writeString(folder.resolve("application.properties"), String.join("\n", lines));
        assertThat(problems(SettingsSources.standalone(folder, Map.of(), new Properties())))
                .allSatisfy(problem -> assertThat(problem).startsWith("application.properties"));
    }

    private static List<String> problems(SettingsSources sources) {
        try {
            assertThat(SettingsReader.read(sources).toString()).doesNotContain(HUSH);
            return List.of();
        } catch (SettingsException e) {
            assertThat(e.problems()).isNotEmpty();
            return e.problems();
        }
    }

    @Provide
    Arbitrary<Key<?>> keys() {
        return Arbitraries.of(Keys.ALL);
    }

    @Provide
    Arbitrary<String> secretNames() {
        return Arbitraries.of(
                "caravan.http.api-keys",
                "caravan.groq.api-key",
                "caravan.http.tls.key",
                "caravan.http.api-kyes",
                "caravan.groq.apikey",
                "caravan.providers.local.api-key",
                "caravan.some.token");
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> wild = Arbitraries.strings().ofMaxLength(40);
        Arbitrary<String> alike = Arbitraries.strings()
                .withChars("0123456789.-+,:;/@#%?*[] mshKMiBGTrueFalse\t\n\u00a0\u2028")
                .ofMaxLength(20);
        Arbitrary<String> lengthy =
                Arbitraries.strings().withChars('a', '9', ',').ofMinLength(1000).ofMaxLength(20_000);
        return Arbitraries.frequencyOf(Tuple.of(10, wild), Tuple.of(10, alike), Tuple.of(1, lengthy));
    }

    @Provide
    Arbitrary<List<String>> lines() {
        Arbitrary<String> line =
                Arbitraries.strings().withChars("AB=\"'# \\\t.u09\r/é\u0085").ofMaxLength(12);
        return line.list().ofMaxSize(6);
    }
}
