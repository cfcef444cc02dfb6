package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.error.LlmException;
import dev.caravan.error.SchemaViolation;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Checks schemas against the meta-schema of their draft. A meta-schema unfolds with each new shape that it checks. */
final class MetaSchemas {
    private final Map<Draft, Unfolding> byDraft = new EnumMap<>(Draft.class);

    /**
     * Under the budget of the caller.
     *
     * @throws LlmException invalid_request that names the place
     */
    void check(JsonNode schema, Draft draft, Budget budget) {
        Unfolding meta = take(draft);
        int before = budget.keywords();
        List<SchemaViolation> violations = null;
        try {
            violations = Violations.of(meta.schema().validate(Engine.execution(), schema, schema, Violations.ROOT));
        } finally {
            // What a check that was stopped has built of it may be half of something.
            drop(draft, meta, violations == null | meta.outgrown(budget.keywords() - before));
        }
        if (!violations.isEmpty()) {
            SchemaViolation first = violations.get(0);
            throw SchemaInspection.complaint(first.path(), first.message() + " (it is no schema of " + draft + ")");
        }
    }

    private synchronized Unfolding take(Draft draft) {
        return byDraft.computeIfAbsent(draft, name -> new Unfolding(Engine.metaSchema(name)));
    }

    private synchronized void drop(Draft draft, Unfolding meta, boolean spent) {
        if (spent) {
            byDraft.remove(draft, meta);
        }
    }
}
