package dev.caravan.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class CatalogueReaderPropertyTest {

    @Property(tries = 60)
    void any_text_is_read_or_refused(@ForAll String text) throws IOException {
        readOrRefuse(text);
    }

    @Property(tries = 120)
    void any_text_made_of_parts_of_a_catalogue_is_read_or_refused(@ForAll("likely") String text) throws IOException {
        readOrRefuse(text);
    }

    @Provide
    Arbitrary<String> likely() {
        return Arbitraries.of(
                        "models:",
                        "families:",
                        "claude-3:",
                        "amazon.nova-pro-v1:0:",
                        "rules:",
                        "prices:",
                        "aliases:",
                        "family:",
                        " [",
                        "]",
                        " {",
                        "}",
                        "\n",
                        "\n  ",
                        "\n    ",
                        " null",
                        " 1",
                        " text",
                        "- ",
                        "&a",
                        "*a",
                        "? ",
                        "!!binary ",
                        "<<: ",
                        "'",
                        "\"",
                        "|",
                        "\t",
                        ", ",
                        "---\n")
                .list()
                .ofMinSize(1)
                .ofMaxSize(14)
                .map(parts -> String.join("", parts));
    }

    private static void readOrRefuse(String text) throws IOException {
        Path file = Files.createTempFile("catalogue", ".yaml");
        try {
            Files.writeString(file, text.replaceAll("[\ud800-\udfff]", "?"));
            assertThat(CatalogueReader.read(Optional.of(file)).all()).isNotEmpty();
        } catch (CatalogueException e) {
            assertThat(e.problems())
                    .isNotEmpty()
                    .allSatisfy(problem -> assertThat(problem).startsWith(file.toString()));
        } finally {
            Files.delete(file);
        }
    }
}
