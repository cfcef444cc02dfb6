package dev.caravan.format;

import dev.caravan.model.Catalogue;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.Model;
import java.util.List;

/** Models of the shipped catalogue that take chat bodies. */
final class ChatModels {
    private static final Catalogue CATALOGUE = CatalogueReader.shipped();

    static final Model MISTRAL_LARGE = of("mistral.mistral-large-2407-v1:0");
    static final Model JAMBA = of("ai21.jamba-1-5-large-v1:0");
    static final Model COMMAND_R = of("cohere.command-r-v1:0");
    static final Model GPT_OSS = of("openai.gpt-oss-120b-1:0");
    static final Model QWEN_32B = of("qwen.qwen3-32b-v1:0");
    static final Model QWEN_CODER = of("qwen.qwen3-coder-30b-a3b-v1:0");
    static final Model DEEPSEEK = of("deepseek.v3-v1:0");
    static final Model MISTRAL_LARGE_3 = of("mistral.mistral-large-3-675b-instruct");
    static final Model MAGISTRAL = of("mistral.magistral-small-2509");
    static final Model GEMMA = of("google.gemma-3-27b-it");

    private ChatModels() {}

    static Model of(String id) {
        return CATALOGUE.find(id).orElseThrow();
    }

    /** The model with other tool choices. */
    static Model withChoices(Model model, Model.ToolChoice... choices) {
        return with(model, List.of(choices), model.rules().reasoningTags());
    }

    /** The model with other tags around its reasoning. */
    static Model withTags(Model model, String open, String close) {
        return with(model, model.rules().toolChoice(), List.of(open, close));
    }

    private static Model with(Model model, List<Model.ToolChoice> choices, List<String> tags) {
        Model.Rules rules = model.rules();
        return new Model(
                model.id(),
                model.aliases(),
                model.displayName(),
                model.vendor(),
                model.provider(),
                model.family(),
                model.kind(),
                model.format(),
                model.contextWindow(),
                model.maxOutputTokens(),
                model.released(),
                model.lifecycle(),
                model.prices(),
                model.capabilities(),
                new Model.Rules(
                        rules.sampling(),
                        rules.temperature(),
                        rules.topP(),
                        rules.maxStopSequences(),
                        rules.thinking(),
                        rules.thinkingDefault(),
                        rules.prefill(),
                        choices,
                        rules.json(),
                        tags),
                model.profiles(),
                model.profileOnly());
    }
}
