package dev.caravan.format;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The formats there are, by name. A new family is one class and its line here. */
public final class ModelFormats {
    private static final Map<String, ModelFormat> BY_NAME = List.<ModelFormat>of(
                    new AnthropicMessages(),
                    new NovaMessages(),
                    new Converse(),
                    new MistralChat(),
                    new JambaChat(),
                    new OpenAiChat(),
                    new CohereChat(),
                    new Llama2Prompt(),
                    new Llama3Prompt(),
                    new Llama4Prompt(),
                    new MistralPrompt(),
                    new MistralPromptV2(),
                    new DeepseekPrompt(),
                    new TitanText())
            .stream()
            .collect(Collectors.toUnmodifiableMap(ModelFormat::name, Function.identity()));

    private ModelFormats() {}

    static Collection<ModelFormat> all() {
        return BY_NAME.values();
    }

    /** A format by its name, or null. */
    static ModelFormat named(String name) {
        return BY_NAME.get(name);
    }

    /**
     * The format for a request: the model's native one, or Converse when there is none here or it cannot say tools.
     *
     * @throws LlmException {@code invalid_request} when the model has neither
     */
    public static ModelFormat of(Model model, LlmRequest request) {
        ModelFormat nativeFormat = BY_NAME.get(model.format());
        if (nativeFormat != null && (nativeFormat.tools() || !speaksOfTools(request))) {
            return nativeFormat;
        }
        ModelFormat converse = BY_NAME.get("converse");
        if (converse == null || !model.capabilities().converse()) {
            throw LlmException.invalid("model: " + model.id() + " speaks the format " + model.format()
                    + ", which this version does not have. Formats it has: "
                    + String.join(", ", BY_NAME.keySet().stream().sorted().toList()) + ".");
        }
        return converse;
    }

    /** Whether tools can be said to a model, by its native format or by Converse. */
    public static boolean takesTools(Model model) {
        ModelFormat nativeFormat = BY_NAME.get(model.format());
        return nativeFormat != null && nativeFormat.tools()
                || BY_NAME.containsKey("converse") && model.capabilities().converse();
    }

    private static boolean speaksOfTools(LlmRequest request) {
        return !request.tools().isEmpty()
                || request.messages().stream()
                        .flatMap(message -> message.content().stream())
                        .anyMatch(block -> !(block instanceof Block.Text));
    }
}
