package dev.caravan.emulator.family;

import static dev.caravan.support.EmulatorHarness.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.emulator.answer.Conversation;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.Model;
import dev.caravan.model.ModelResolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Caravan's formats write, the emulator takes. */
class GoldenBodiesTest {
    private static final ModelResolver RESOLVER =
            new ModelResolver(CatalogueReader.shipped(), "claude-3-haiku", "auto", "us-east-1");

    static Stream<Path> bodies() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/resources/golden"))) {
            return files
                    .filter(file -> file.endsWith("body.json")
                            && Families.of(file.getParent()
                                            .getParent()
                                            .getFileName()
                                            .toString())
                                    .isPresent())
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void a_golden_body_is_read(Path file) throws IOException {
        FamilyEmulator family = Families.of(
                        file.getParent().getParent().getFileName().toString())
                .orElseThrow();
        String name = json(Files.readString(file.resolveSibling("request.json")))
                .get("model")
                .asText();
        Model model = RESOLVER.resolve(name).model();

        Conversation conversation = family.read(json(Files.readString(file)), model);

        assertThat(conversation.turns()).isNotEmpty();
        assertThat(List.of(conversation.lastUserText())).noneMatch(String::isBlank);
    }
}
