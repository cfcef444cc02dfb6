package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.chat.LlmRequest;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.Model;
import dev.caravan.model.Model.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The support matrix in docs/models.md is what the catalogue and the formats say. After a change of either it is written
 * anew by {@code mvn test -Dtest=SupportMatrixTest -Dcaravan.docs.write=true}.
 */
class SupportMatrixTest {
    private static final Path GUIDE = Path.of("docs/models.md");
    private static final String BEGIN = "<!-- support matrix: written by SupportMatrixTest -->\n";
    private static final String END = "<!-- end of the support matrix -->";

    @Test
    void guide_showsWhatTheCatalogueSays() throws IOException {
        String guide = Files.readString(GUIDE);
        int from = guide.indexOf(BEGIN) + BEGIN.length();
        int to = guide.indexOf(END);
        if (Boolean.getBoolean("caravan.docs.write")) {
            guide = guide.substring(0, from) + matrix() + guide.substring(to);
            Files.writeString(GUIDE, guide);
            to = guide.indexOf(END);
        }

        assertThat(guide.substring(from, to))
                .as("write it anew: mvn test -Dtest=SupportMatrixTest -Dcaravan.docs.write=true")
                .isEqualTo(matrix());
    }

    private static String matrix() {
        List<String> rows = new ArrayList<>();
        rows.add(
                "| model | alias | state | format | input + output | output | temperature; top_p | stop | system | tools"
                        + " | reasoning | JSON |");
        rows.add("|---|---|---|---|---|---|---|---|---|---|---|---|");
        CatalogueReader.shipped().all().stream()
                .filter(model -> model.kind() == Model.Kind.CHAT)
                .map(SupportMatrixTest::row)
                .forEach(rows::add);
        return String.join("\n", rows) + "\n";
    }

    private static String row(Model model) {
        Rules rules = model.rules();
        return "| "
                + String.join(
                        " | ",
                        "`" + model.id() + "`" + (model.profileOnly() ? " P" : ""),
                        model.aliases().stream()
                                .findFirst()
                                .map(alias -> "`" + alias + "`")
                                .orElse("–"),
                        model.lifecycle().status().word(),
                        format(model),
                        number(model.contextWindow()),
                        number(model.maxOutputTokens()),
                        sampling(rules),
                        rules.maxStopSequences() == 0 ? "by Caravan" : "up to " + rules.maxStopSequences(),
                        model.capabilities().system() ? "yes" : "in the first user text",
                        tools(model),
                        reasoning(rules),
                        rules.json().name().toLowerCase(Locale.ROOT))
                + " |";
    }

    private static String format(Model model) {
        return ModelFormats.of(model, LlmRequest.ofPrompt("?").build()).name();
    }

    private static String number(Optional<Integer> tokens) {
        return tokens.map(count -> Integer.toString(count)).orElse("unknown");
    }

    private static String sampling(Rules rules) {
        return switch (rules.sampling()) {
            case BOTH -> rules.temperature() + "; " + rules.topP();
            case ONE -> rules.temperature() + " or " + rules.topP();
            case NONE -> "neither";
        };
    }

    private static String tools(Model model) {
        if (!model.capabilities().tools()) {
            return "no";
        }
        return model.rules().toolChoice().stream()
                .map(choice -> choice.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    private static String reasoning(Rules rules) {
        return switch (rules.thinking()) {
            case NONE -> "no";
            case ALWAYS -> "always";
            case MANUAL, ADAPTIVE ->
                rules.thinkingDefault() ? "off unless asked for, on by the model's default" : "off";
        };
    }
}
