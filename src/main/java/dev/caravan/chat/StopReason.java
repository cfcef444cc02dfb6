package dev.caravan.chat;

import java.util.Locale;

/** Why a model stopped, in one vocabulary for all models. */
public enum StopReason {
    END_TURN,
    MAX_TOKENS,
    STOP_SEQUENCE,
    TOOL_USE,
    CONTENT_FILTERED,
    GUARDRAIL_INTERVENED,
    REFUSAL,
    /** A word that is not known; it stands in {@link LlmReply#stopReasonRaw()}. */
    OTHER;

    /** The lower-case word used in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
