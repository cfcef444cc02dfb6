package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.ToolChoice;
import dev.caravan.chat.Validation.Mode;
import dev.caravan.model.Model;
import dev.caravan.model.Model.Thinking;
import dev.caravan.runtime.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerPlanTest {
    private static final JsonNode OBJECT = object();
    private static final LlmRequest REQUEST = LlmRequest.ofPrompt("x").build();
    private static final List<Model.ToolChoice> ALL = List.of(Model.ToolChoice.values());

    @Test
    void modelThatHoldsToASchema_doesSoWhileItThinks() {
        assertThat(mode(Model.Json.NATIVE, Thinking.ALWAYS, ALL)).isEqualTo(Mode.NATIVE);
    }

    @Test
    void modelThatAlwaysThinks_isNotForcedToCall() {
        assertThat(mode(Model.Json.TOOL, Thinking.ALWAYS, ALL)).isEqualTo(Mode.PROMPT);
        assertThat(mode(Model.Json.TOOL, Thinking.ADAPTIVE, ALL)).isEqualTo(Mode.TOOL);
    }

    @Test
    void modelThatOnlyDecidesItself_isToldInWords() {
        assertThat(mode(Model.Json.TOOL, Thinking.NONE, List.of(Model.ToolChoice.AUTO)))
                .isEqualTo(Mode.PROMPT);
        assertThat(mode(Model.Json.PROMPT, Thinking.NONE, ALL)).isEqualTo(Mode.PROMPT);
    }

    @Test
    void modelThatTakesNoNamedTool_isForcedToCallAny() {
        Model model = model(Model.Json.TOOL, Thinking.NONE, List.of(Model.ToolChoice.AUTO, Model.ToolChoice.ANY));

        AnswerPlan plan = AnswerPlan.of(REQUEST, OBJECT, model);

        assertThat(plan.mode()).isEqualTo(Mode.TOOL);
        assertThat(plan.request().toolChoice()).isEqualTo(ToolChoice.of(ToolChoice.Mode.ANY));
    }

    @Test
    void schemaThatNeitherWayTakes_goesInWords() {
        ObjectNode schema = Json.object().put("$id", "https://a.example/b").put("type", "array");
        schema.putObject("items").put("$ref", "https://a.example/b");

        assertThat(AnswerPlan.of(REQUEST, schema, model(Model.Json.NATIVE, Thinking.NONE, ALL))
                        .mode())
                .isEqualTo(Mode.PROMPT);
    }

    private static Mode mode(Model.Json json, Thinking thinking, List<Model.ToolChoice> choices) {
        return AnswerPlan.of(REQUEST, OBJECT, model(json, thinking, choices)).mode();
    }

    private static JsonNode object() {
        ObjectNode schema = Json.object().put("type", "object");
        schema.putObject("properties").putObject("a").put("type", "string");
        return schema;
    }

    /** Claude with other rules. */
    private static Model model(Model.Json json, Thinking thinking, List<Model.ToolChoice> choices) {
        Model base = TestTrunk.resolver().resolve("claude-3-haiku").model();
        Model.Rules rules = base.rules();
        return new Model(
                base.id(),
                base.aliases(),
                base.displayName(),
                base.vendor(),
                base.provider(),
                base.family(),
                base.kind(),
                base.format(),
                base.contextWindow(),
                base.maxOutputTokens(),
                base.released(),
                base.lifecycle(),
                base.prices(),
                base.capabilities(),
                new Model.Rules(
                        rules.sampling(),
                        rules.temperature(),
                        rules.topP(),
                        rules.maxStopSequences(),
                        thinking,
                        rules.thinkingDefault(),
                        rules.prefill(),
                        choices,
                        json),
                base.profiles(),
                base.profileOnly());
    }
}
