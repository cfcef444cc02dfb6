package dev.caravan.format;

import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The formats there are, by name. A new family is one class and its line here. */
public final class ModelFormats {
    private static final Map<String, ModelFormat> BY_NAME = List.<ModelFormat>of(new AnthropicMessages()).stream()
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
     * The format of a model.
     *
     * @throws LlmException {@code invalid_request} when this version does not have it
     */
    public static ModelFormat of(Model model) {
        ModelFormat format = BY_NAME.get(model.format());
        if (format == null) {
            throw LlmException.invalid("model: " + model.id() + " speaks the format " + model.format()
                    + ", which this version does not have yet. Formats it has: "
                    + String.join(", ", BY_NAME.keySet()) + ".");
        }
        return format;
    }
}
