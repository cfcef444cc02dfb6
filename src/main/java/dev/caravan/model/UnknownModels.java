package dev.caravan.model;

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

/** Stand-ins for models that the catalogue does not have: called through Converse, under rules that let AWS decide. */
public final class UnknownModels {
    /** The family of them all, which no catalogue has. */
    public static final String FAMILY = "unknown";

    /** Converse takes so many from anyone (botocore model of bedrock-runtime). */
    private static final int MAX_STOP_SEQUENCES = 2500;

    private static final Range WIDE = new Range(0, 1000);
    private static final Rules RULES = new Rules(
            Sampling.BOTH,
            WIDE,
            WIDE,
            MAX_STOP_SEQUENCES,
            Thinking.NONE,
            false,
            true,
            List.of(ToolChoice.AUTO, ToolChoice.ANY, ToolChoice.TOOL),
            Json.PROMPT);

    private UnknownModels() {}

    public static boolean isUnknown(Model model) {
        return model.family().equals(FAMILY);
    }

    /** @param id an id, with or without inference profile prefix, or an ARN */
    public static Model of(String id) {
        return new Model(
                id,
                List.of(),
                id,
                "unknown",
                "bedrock",
                FAMILY,
                Kind.CHAT,
                "converse",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new Lifecycle(Status.UNKNOWN, Optional.empty(), Optional.empty()),
                new Prices(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                new Capabilities(true, true, false, false, true, true, false, false),
                RULES,
                List.of(),
                false);
    }
}
