package dev.caravan.emulator.family;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The wire formats that the emulator speaks, by the catalogue's name. A new family is one class and its line here. */
public final class Families {
    private static final Map<String, FamilyEmulator> BY_FORMAT = List.<FamilyEmulator>of(
                    new AnthropicMessages(),
                    new NovaMessages(),
                    new Converse(),
                    new MistralChat(),
                    new JambaChat(),
                    new OpenAiChat(),
                    new CohereChat(),
                    LlamaText.llama2(),
                    LlamaText.llama3(),
                    LlamaText.llama4(),
                    MistralText.first(),
                    MistralText.second(),
                    new DeepseekText(),
                    new TitanText())
            .stream()
            .collect(Collectors.toUnmodifiableMap(FamilyEmulator::format, Function.identity()));

    private Families() {}

    /** The family of a native format. */
    public static Optional<FamilyEmulator> of(String format) {
        return Optional.ofNullable(BY_FORMAT.get(format));
    }

    /** The one form of the Converse operation, for all models. */
    public static FamilyEmulator converse() {
        return BY_FORMAT.get("converse");
    }
}
