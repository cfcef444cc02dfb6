package dev.caravan.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogueReaderTest {
    private static final String HAIKU = "anthropic.claude-3-haiku-20240307-v1:0";
    private static final String PROFILE =
            "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl";
    private static final String IMPORTED = "arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl";

    @TempDir
    Path folder;

    private Catalogue read(String yaml) {
        try {
            Path file = folder.resolve("mine.yaml");
            Files.writeString(file, yaml);
            return CatalogueReader.read(Optional.of(file));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private CatalogueException refusal(String yaml) {
        return catchThrowableOfType(CatalogueException.class, () -> read(yaml));
    }

    private static ResolvedModel resolve(Catalogue catalogue, String name) {
        return new ModelResolver(catalogue, "claude-sonnet", "auto", "us-east-1").resolve(name);
    }

    @Test
    void no_file_means_the_shipped_catalogue() {
        assertThat(CatalogueReader.read(Optional.empty()).all())
                .isEqualTo(CatalogueReader.shipped().all());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing yet\n", "{}", "models: {}"})
    void an_empty_file_changes_nothing(String yaml) {
        assertThat(read(yaml).all()).isEqualTo(CatalogueReader.shipped().all());
    }

    @Test
    void a_field_of_an_entry_is_changed_and_the_others_stay() {
        Model shipped = CatalogueReader.shipped().find(HAIKU).orElseThrow();

        Model model = read("models:\n  " + HAIKU + ":\n    prices: {input: 0.5}\n    rules: {sampling: one}\n")
                .find(HAIKU)
                .orElseThrow();

        assertThat(model.prices().input()).contains(0.5);
        assertThat(model.prices().output()).isEqualTo(shipped.prices().output());
        assertThat(model.rules().sampling()).isEqualTo(Model.Sampling.ONE);
        assertThat(model.rules().json()).isEqualTo(shipped.rules().json());
        assertThat(model.aliases()).isEqualTo(shipped.aliases());
    }

    @Test
    void an_unknown_field_at_the_top_hides_no_other_problem() {
        assertThat(refusal("modles: {}\nabout: x\nmodels:\n  " + HAIKU + ":\n    context_window: -1\n")
                        .problems())
                .anyMatch(problem -> problem.endsWith("modles: unknown field"))
                .anyMatch(problem -> problem.contains(".context_window: must be"));
        assertThat(refusal("models: 7\nfamilies: [x]\n").problems()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"models:\n  x: [\n", "a: b: c\n", "models: {}\n---\nmodels: {}\n", "x: \u0001\n"})
    void a_text_that_is_no_yaml_is_one_line_without_the_parsers_options(String yaml) {
        assertThat(refusal(yaml).problems())
                .singleElement()
                .asString()
                .contains("mine.yaml: is no YAML")
                .doesNotContain("\n", "FAIL_ON", "'reader'", "DeserializationFeature");
    }

    @Test
    void null_takes_a_value_away() {
        assertThat(read("models:\n  " + HAIKU + ":\n    context_window: null\n")
                        .find(HAIKU)
                        .orElseThrow()
                        .contextWindow())
                .isEmpty();
    }

    @Test
    void a_changed_family_changes_its_models() {
        Catalogue catalogue = read("families:\n  claude-3:\n    rules: {max_stop_sequences: 3}\n");

        assertThat(catalogue.find(HAIKU).orElseThrow().rules().maxStopSequences())
                .isEqualTo(3);
    }

    @Test
    void reasoning_tags_are_two_and_may_be_left_out() {
        String haiku = "models:\n  " + HAIKU + ":\n    rules: ";

        assertThat(read(haiku + "{reasoning_tags: ['<a>', '</a>']}\n")
                        .find(HAIKU)
                        .orElseThrow()
                        .rules()
                        .reasoningTags())
                .containsExactly("<a>", "</a>");
        assertThat(read("{}").find(HAIKU).orElseThrow().rules().reasoningTags()).isEmpty();
        assertThat(refusal(haiku + "{reasoning_tags: ['<a>']}\n").problems())
                .singleElement()
                .asString()
                .endsWith("reasoning_tags: must be the opening and the closing tag");
    }

    @Test
    void an_alias_is_added_and_may_be_taken_over() {
        Catalogue catalogue = read("models:\n  " + HAIKU + ":\n    aliases: [House-Model, claude-sonnet, llama-70b]\n");

        assertThat(resolve(catalogue, "house-model").callId()).isEqualTo(HAIKU);
        assertThat(resolve(catalogue, "claude-sonnet").callId()).isEqualTo(HAIKU);
        assertThat(resolve(catalogue, "claude-3-haiku").callId()).isEqualTo(HAIKU);
        assertThat(catalogue.findByAlias("llama3-70b").orElseThrow().aliases())
                .contains("llama3-70b")
                .doesNotContain("llama-70b");
    }

    @Test
    void a_new_model_inherits_from_its_family() {
        Catalogue catalogue = read("""
                models:
                  anthropic.claude-sonnet-5-5:
                    family: claude-5
                    line: claude-sonnet
                    released: '2026-11-01'
                    profiles: [us, global]
                """);

        ResolvedModel resolved = resolve(catalogue, "claude-sonnet-5-5");
        assertThat(resolved.callId()).isEqualTo("us.anthropic.claude-sonnet-5-5");
        assertThat(resolved.model().format()).isEqualTo("anthropic-messages");
        assertThat(resolved.model().rules().thinkingDefault()).isTrue();
        assertThat(resolved.model().lifecycle().status()).isEqualTo(Model.Status.UNKNOWN);
        assertThat(resolve(catalogue, "claude-sonnet").model()).isEqualTo(resolved.model());
    }

    @Test
    void a_line_skips_what_is_legacy_or_retired() {
        Catalogue catalogue = read("""
                models:
                  anthropic.claude-sonnet-5: {status: retired}
                  anthropic.claude-opus-5: {status: legacy}
                """);

        assertThat(resolve(catalogue, "claude-sonnet").model().id()).isEqualTo("anthropic.claude-sonnet-4-6");
        assertThat(resolve(catalogue, "claude-opus").model().id()).isEqualTo("anthropic.claude-opus-4-8");
    }

    @Test
    void an_arn_of_an_entry_resolves_and_is_called_as_it_stands() {
        Catalogue catalogue = read("models:\n  anthropic.claude-sonnet-5:\n    arns: ['" + PROFILE + "']\n");

        ResolvedModel resolved = resolve(catalogue, PROFILE);
        assertThat(resolved.model().id()).isEqualTo("anthropic.claude-sonnet-5");
        assertThat(resolved.callId()).isEqualTo(PROFILE);
        assertThat(resolve(catalogue, "claude-sonnet-5").callId()).isEqualTo("us.anthropic.claude-sonnet-5");
    }

    @Test
    void an_entry_may_be_an_arn_itself_and_is_then_called_by_its_alias() {
        Catalogue catalogue = read("models:\n  '" + IMPORTED + "':\n    family: llama3.1\n    aliases: [our-llama]\n");

        assertThat(resolve(catalogue, "our-llama").callId()).isEqualTo(IMPORTED);
        assertThat(resolve(catalogue, IMPORTED).callId()).isEqualTo(IMPORTED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "models: {M: {colour: red}} | models.M.colour: unknown field",
                "models: {M: {prices: {in: 1}}} | models.M.prices.in: unknown field",
                "models: {M: {rules: {top_k: 1}}} | models.M.rules.top_k: unknown field",
                "modles: {} | modles: unknown field",
                "models: [] | models: must be a map",
                "models: {M: 5} | models.M: must be a map",
                "models: {M: {prices: 5}} | models.M.prices: must be a map",
                "models: {M: {prices: {input: '3'}}} | models.M.prices.input: must be a number",
                "models: {M: {prices: {input: -1}}} | models.M.prices.input: must be a number",
                "models: {M: {prices: {input: 1.0e999}}} | models.M.prices.input: must be a number",
                "models: {M: {context_window: 1.5}} | models.M.context_window: must be a whole number",
                "models: {M: {context_window: '8192'}} | models.M.context_window: must be a whole number",
                "models: {M: {max_output_tokens: 0}} | models.M.max_output_tokens: must be a whole number",
                "models: {M: {max_output_tokens: 99999999999}} | models.M.max_output_tokens: must be a whole number",
                "models: {M: {status: gone}} | models.M.status: 'gone' must be one of active",
                "models: {M: {kind: image}} | models.M.kind: 'image' must be one of chat, embedding",
                "models: {M: {released: yesterday}} | models.M.released: must be a date",
                "models: {M: {profile_only: 'yes'}} | models.M.profile_only: must be true or false",
                "models: {M: {profiles: [mars]}} | models.M.profiles: 'mars' is no inference profile",
                "models: {M: {profiles: us}} | models.M.profiles: must be a list",
                "models: {M: {display_name: 5}} | models.M.display_name: must be text",
                "models: {M: {capabilities: [fly]}} | models.M.capabilities: 'fly' is no capability",
                "models: {M: {aliases: [a/b]}} | models.M.aliases: 'a/b' is no alias",
                "models: {M: {aliases: [amazon.nova-pro-v1:0]}} | models.M.aliases: 'amazon.nova-pro-v1:0' is the id",
                "models: {M: {arns: [mine]}} | models.M.arns: 'mine' is no ARN",
                "models: {M: {successor: nobody}} | models.M.successor: 'nobody' must be the id",
                "models: {M: {family: tribe}} | models.M.family: 'tribe' is no family",
                "models: {M: {rules: {temperature: [1, 0]}}} | models.M.rules.temperature: must be a range",
                "models: {M: {rules: {tool_choice: [some]}}} | models.M.rules.tool_choice: 'some' must be one of",
                "models: {M: {assumed: [everything]}} | models.M.assumed: 'everything' is no field",
                "models: {x.new: {display_name: New}} | models.x.new.family: is required",
                "models: {us.x.new: {family: claude-3}} | models.us.x.new.id: must be an id without",
                "families: {claude-3: {rules: {json: xml}}} | families.claude-3.rules.json: 'xml' must be one of",
                "families: {claude-3: {colour: red}} | families.claude-3.colour: unknown field",
                "families: {claude-3: 5} | families.claude-3: must be a map",
                "'models: {a.b: {family: claude-3}, a.b: {family: claude-3}}' | is no YAML",
                "'models: {' | is no YAML",
                "just text | must be a map",
            })
    void what_is_wrong_is_named_with_file_model_and_field(String yaml, String problem) {
        CatalogueException refusal = refusal(yaml.replace("M:", "'" + HAIKU + "':"));

        assertThat(refusal.problems())
                .isNotEmpty()
                .allSatisfy(line ->
                        assertThat(line).startsWith(folder.resolve("mine.yaml").toString()));
        assertThat(refusal.getMessage()).contains(problem.replace(".M", "." + HAIKU));
    }

    @Test
    void the_example_of_the_guide_works() throws IOException {
        String guide = Files.readString(Path.of("docs/models.md"));
        int start = guide.indexOf("```yaml") + "```yaml".length();

        Catalogue catalogue = read(guide.substring(start, guide.indexOf("```", start)));

        assertThat(resolve(catalogue, PROFILE).model().id()).isEqualTo("anthropic.claude-sonnet-5");
        assertThat(resolve(catalogue, "house-model").callId()).isEqualTo("us.anthropic.claude-sonnet-5");
        assertThat(resolve(catalogue, "claude-sonnet").callId()).isEqualTo("us.anthropic.claude-sonnet-5-5");
        assertThat(resolve(catalogue, "our-llama").callId())
                .isEqualTo("arn:aws:bedrock:us-east-1:123456789012:imported-model/mnopqrstuvwx");
        assertThat(catalogue.find(HAIKU).orElseThrow().rules().maxStopSequences())
                .isEqualTo(100);
    }

    @Test
    void all_problems_are_named_at_once() {
        CatalogueException refusal = refusal("""
                models:
                  amazon.nova-pro-v1:0: {status: gone, colour: red}
                  amazon.nova-lite-v1:0: {context_window: many}
                """);

        assertThat(refusal.problems()).hasSize(3);
    }

    @Test
    void an_alias_of_two_models_is_refused() {
        CatalogueException refusal = refusal("""
                models:
                  amazon.nova-pro-v1:0: {aliases: [big]}
                  amazon.nova-lite-v1:0: {aliases: [BIG]}
                """);

        assertThat(refusal).hasMessageContaining("'big' is an alias of amazon.nova-pro-v1:0 too");
    }

    @Test
    void an_arn_of_two_models_is_refused() {
        CatalogueException refusal = refusal("models:\n  amazon.nova-pro-v1:0: {arns: ['" + PROFILE
                + "']}\n  amazon.nova-lite-v1:0: {arns: ['" + PROFILE + "']}\n");

        assertThat(refusal).hasMessageContaining("stands for amazon.nova-lite-v1:0 too");
    }

    @Test
    void a_missing_file_is_named() {
        Path missing = folder.resolve("missing.yaml");

        assertThat(catchThrowableOfType(CatalogueException.class, () -> CatalogueReader.read(Optional.of(missing))))
                .hasMessageContaining(missing + ": does not exist");
    }
}
