package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.caravan.chat.LlmRequest;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.Model;
import dev.caravan.model.Model.Rules;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The support matrix in docs/models.md is what the catalogue and the formats say. After a change of either it is written
 * anew by {@code mvn test -Dtest=SupportMatrixTest -Ddocs.write=true}.
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
        if (Boolean.getBoolean("docs.write")) {
            guide = guide.substring(0, from) + matrix() + guide.substring(to);
            Files.writeString(GUIDE, guide);
            to = guide.indexOf(END);
        }

        assertThat(guide.substring(from, to))
                .as("write it anew: mvn test -Dtest=SupportMatrixTest -Ddocs.write=true")
                .isEqualTo(matrix());
    }

    private static String matrix() throws IOException {
        List<String> rows = new ArrayList<>();
        rows.add(
                "| model | alias | state | format | input + output | output | temperature; top_p | stop | system | tools"
                        + " | reasoning | JSON |");
        rows.add("|---|---|---|---|---|---|---|---|---|---|---|---|");
        JsonNode file = file();
        CatalogueReader.shipped().all().stream()
                .filter(model -> model.kind() == Model.Kind.CHAT)
                .map(model -> row(model, assumed(file, model)))
                .forEach(rows::add);
        return String.join("\n", rows) + "\n";
    }

    private static JsonNode file() throws IOException {
        try (InputStream in = SupportMatrixTest.class.getResourceAsStream("/dev/caravan/catalogue.yaml")) {
            return new YAMLMapper().readTree(in);
        }
    }

    /** What has no source: in the model itself, or in its family and not said by the model. */
    private static Set<String> assumed(JsonNode file, Model model) {
        JsonNode own = file.path("models").path(model.id());
        Set<String> fields = new HashSet<>();
        file.path("families").path(model.family()).path("assumed").forEach(field -> fields.add(field.textValue()));
        own.path("rules").fieldNames().forEachRemaining(fields::remove);
        own.path("assumed").forEach(field -> fields.add(field.textValue()));
        return fields;
    }

    private static String row(Model model, Set<String> assumed) {
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
                        sampling(rules, assumed),
                        stop(rules) + mark(assumed, "max_stop_sequences"),
                        system(model),
                        tools(model) + (model.capabilities().tools() ? mark(assumed, "tool_choice") : ""),
                        reasoning(rules) + mark(assumed, "thinking"),
                        rules.json().name().toLowerCase(Locale.ROOT) + mark(assumed, "json"))
                + " |";
    }

    private static String format(Model model) {
        return ModelFormats.of(model, LlmRequest.ofPrompt("?").build()).name();
    }

    private static String number(Optional<Integer> tokens) {
        return tokens.map(count -> Integer.toString(count)).orElse("unknown");
    }

    private static String mark(Set<String> assumed, String field) {
        return assumed.contains(field) ? "?" : "";
    }

    private static String stop(Rules rules) {
        return rules.maxStopSequences() == 0 ? "by Caravan" : "up to " + rules.maxStopSequences();
    }

    /** Where the format writes it. */
    private static String system(Model model) {
        if (format(model).equals("mistral-prompt-v2")) {
            return "in the last user text";
        }
        return model.capabilities().system() ? "yes" : "in the first user text";
    }

    private static String sampling(Rules rules, Set<String> assumed) {
        String temperature = rules.temperature() + mark(assumed, "temperature");
        String topP = rules.topP() + mark(assumed, "top_p");
        String which = mark(assumed, "sampling");
        return switch (rules.sampling()) {
            case BOTH -> temperature + "; " + topP + which;
            case ONE -> temperature + " or " + topP + which;
            case NONE -> "neither" + which;
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
