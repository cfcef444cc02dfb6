package dev.caravan.support;

import dev.caravan.model.Model;
import dev.caravan.model.Model.Capabilities;
import dev.caravan.model.Model.Json;
import dev.caravan.model.Model.Kind;
import dev.caravan.model.Model.Lifecycle;
import dev.caravan.model.Model.Prices;
import dev.caravan.model.Model.Range;
import dev.caravan.model.Model.Rules;
import dev.caravan.model.Model.Sampling;
import dev.caravan.model.Model.Status;
import dev.caravan.model.Model.Thinking;
import dev.caravan.model.Model.ToolChoice;
import java.util.List;
import java.util.Optional;

/** A few hand-made catalogue entries for the emulator's tests, one per set of rules. */
public final class EmulatorModels {
    /** Retired, on demand, both sampling parameters, prefill, no thinking. */
    public static final Model HAIKU_3 = model(
            "anthropic.claude-3-haiku-20240307-v1:0",
            "Claude 3 Haiku",
            4096,
            false,
            rules(Sampling.BOTH, Thinking.NONE, false, true, Json.TOOL));

    /** Through profiles only, one sampling parameter, thinking with a budget, native JSON. */
    public static final Model HAIKU_45 = model(
            "anthropic.claude-haiku-4-5-20251001-v1:0",
            "Claude Haiku 4.5",
            64_000,
            true,
            rules(Sampling.ONE, Thinking.MANUAL, false, true, Json.NATIVE));

    /** Adaptive thinking that still takes a budget, no prefill. */
    public static final Model OPUS_46 = model(
            "anthropic.claude-opus-4-6-v1",
            "Claude Opus 4.6",
            128_000,
            true,
            rules(Sampling.ONE, Thinking.ADAPTIVE, false, false, Json.NATIVE));

    /** No sampling parameters, adaptive thinking only. */
    public static final Model OPUS_47 = model(
            "anthropic.claude-opus-4-7",
            "Claude Opus 4.7",
            128_000,
            true,
            rules(Sampling.NONE, Thinking.ADAPTIVE, false, false, Json.NATIVE));

    /** Thinks unless told not to. */
    public static final Model SONNET_5 = model(
            "anthropic.claude-sonnet-5",
            "Claude Sonnet 5",
            128_000,
            true,
            rules(Sampling.ONE, Thinking.ADAPTIVE, true, false, Json.NATIVE));

    /** Always thinks. */
    public static final Model FABLE_5 = model(
            "anthropic.claude-fable-5",
            "Claude Fable 5",
            128_000,
            true,
            rules(Sampling.NONE, Thinking.ALWAYS, true, false, Json.NATIVE));

    /** A format that the emulator does not speak. */
    public static final Model OTHER_FORMAT = new Model(
            "other.model-v1:0",
            List.of(),
            "Other",
            "other",
            "bedrock",
            "other",
            Kind.CHAT,
            "other-format",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new Lifecycle(Status.UNKNOWN, Optional.empty(), Optional.empty()),
            new Prices(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
            new Capabilities(false, false, false, false, false, false, false, false),
            rules(Sampling.BOTH, Thinking.NONE, false, false, Json.PROMPT),
            List.of(),
            false);

    private EmulatorModels() {}

    public static List<Model> all() {
        return List.of(HAIKU_3, HAIKU_45, OPUS_46, OPUS_47, SONNET_5, FABLE_5, OTHER_FORMAT);
    }

    private static Rules rules(Sampling sampling, Thinking thinking, boolean thinks, boolean prefill, Json json) {
        return new Rules(
                sampling,
                new Range(0, 1),
                new Range(0, 1),
                8191,
                thinking,
                thinks,
                prefill,
                List.of(ToolChoice.NONE, ToolChoice.AUTO, ToolChoice.ANY, ToolChoice.TOOL),
                json);
    }

    private static Model model(String id, String name, int maxOutput, boolean profileOnly, Rules rules) {
        return new Model(
                id,
                List.of(),
                name,
                "anthropic",
                "bedrock",
                "claude",
                Kind.CHAT,
                "anthropic-messages",
                Optional.of(200_000),
                Optional.of(maxOutput),
                Optional.empty(),
                new Lifecycle(Status.ACTIVE, Optional.empty(), Optional.empty()),
                new Prices(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                new Capabilities(true, true, true, true, true, true, true, profileOnly),
                rules,
                List.of("us", "global"),
                profileOnly);
    }
}
