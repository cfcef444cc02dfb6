package dev.caravan.structured;

import com.networknt.schema.JsonSchema;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A compiled schema of the engine, which keeps what its references unfold to while it checks. Thread-safe.
 *
 * @param schema the engine's
 * @param keywords built by checks so far
 */
record Unfolding(JsonSchema schema, AtomicInteger keywords) {
    /** Keywords, about 5 MB: past these it is better built anew. */
    private static final int KEPT = 10_000;

    Unfolding(JsonSchema schema) {
        this(schema, new AtomicInteger());
    }

    /** Whether it has become too large to be kept, with more keywords built by a check. */
    boolean outgrown(int more) {
        return keywords.addAndGet(more) > KEPT;
    }
}
