package dev.caravan.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedCatalogueTest {
    private static final Catalogue CATALOGUE = CatalogueReader.shipped();

    static Stream<Model> all() {
        return CATALOGUE.all().stream();
    }

    static Stream<Model> chat() {
        return all().filter(model -> model.kind() == Model.Kind.CHAT);
    }

    @Test
    void every_entry_is_there() {
        assertThat(CATALOGUE.all()).hasSize(86);
        assertThat(chat()).hasSize(78);
    }

    @ParameterizedTest
    @MethodSource("all")
    void every_entry_has_a_name_a_window_and_prices(Model model) {
        assertThat(model.displayName()).isNotEqualTo(model.id());
        assertThat(model.contextWindow()).isPresent();
        assertThat(model.prices().input()).isPresent();
        assertThat(model.prices().output()).isPresent();
        assertThat(model.aliases())
                .isNotEmpty()
                .allSatisfy(alias -> assertThat(CATALOGUE.findByAlias(alias)).contains(model));
    }

    @ParameterizedTest
    @MethodSource("all")
    void a_successor_is_active_and_of_the_same_kind(Model model) {
        model.lifecycle().successor().flatMap(CATALOGUE::find).ifPresent(successor -> {
            assertThat(successor.lifecycle().status()).isEqualTo(Model.Status.ACTIVE);
            assertThat(successor.kind()).isEqualTo(model.kind());
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void a_model_at_the_end_of_its_life_names_a_successor_where_its_vendor_has_one(Model model) {
        boolean ending = Set.of(Model.Status.LEGACY, Model.Status.RETIRED)
                .contains(model.lifecycle().status());
        boolean without = Set.of("cohere", "ai21").contains(model.vendor());

        assertThat(model.lifecycle().successor().isPresent()).isEqualTo(ending && !without);
    }

    @ParameterizedTest
    @MethodSource("chat")
    void rules_fit_the_capabilities(Model model) {
        Model.Rules rules = model.rules();
        assertThat(model.maxOutputTokens()).isPresent();
        assertThat(model.capabilities().streaming()).isTrue();
        assertThat(rules.toolChoice().isEmpty()).isEqualTo(!model.capabilities().tools());
        if (rules.json() == Model.Json.TOOL) {
            assertThat(rules.toolChoice()).containsAnyOf(Model.ToolChoice.ANY, Model.ToolChoice.TOOL);
        }
        if (rules.thinking() != Model.Thinking.NONE) {
            assertThat(model.capabilities().reasoning()).isTrue();
        }
        if (rules.thinking() == Model.Thinking.ALWAYS) {
            assertThat(rules.thinkingDefault()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void a_model_served_by_profile_only_lists_its_profiles(Model model) {
        if (model.profileOnly()) {
            assertThat(model.profiles()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "claude-3-haiku, BOTH, NONE, false, true, TOOL",
        "claude-3-7-sonnet, BOTH, MANUAL, false, true, TOOL",
        "claude-opus-4-1, ONE, MANUAL, false, true, TOOL",
        "claude-sonnet-4-5, ONE, MANUAL, false, true, NATIVE",
        "claude-opus-4-6, ONE, ADAPTIVE, false, false, NATIVE",
        "claude-sonnet-4-6, ONE, ADAPTIVE, false, false, NATIVE",
        "claude-opus-4-7, NONE, ADAPTIVE, false, false, NATIVE",
        "claude-opus-4-8, NONE, ADAPTIVE, false, false, NATIVE",
        "claude-sonnet-5, NONE, ADAPTIVE, true, false, NATIVE",
        "claude-opus-5, NONE, ADAPTIVE, true, false, NATIVE",
        "claude-fable-5, NONE, ALWAYS, true, false, NATIVE",
        "llama3-70b-instruct, BOTH, NONE, false, false, PROMPT",
        "nova-pro, BOTH, NONE, false, true, TOOL",
    })
    void rules_of_the_families(
            String alias,
            Model.Sampling sampling,
            Model.Thinking thinking,
            boolean thinkingDefault,
            boolean prefill,
            Model.Json json) {
        Model.Rules rules = CATALOGUE.findByAlias(alias).orElseThrow().rules();

        assertThat(rules.sampling()).isEqualTo(sampling);
        assertThat(rules.thinking()).isEqualTo(thinking);
        assertThat(rules.thinkingDefault()).isEqualTo(thinkingDefault);
        assertThat(rules.prefill()).isEqualTo(prefill);
        assertThat(rules.json()).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource({
        "claude-3-5-sonnet-20240620, 4096",
        "claude-opus-4-1, 32000",
        "llama3-1-405b-instruct, 2048",
        "llama-4-maverick, 2048",
        "titan-text-premier, 3072",
    })
    void max_output_tokens_is_the_smaller_limit(String alias, int tokens) {
        assertThat(CATALOGUE.findByAlias(alias).orElseThrow().maxOutputTokens()).contains(tokens);
    }
}
