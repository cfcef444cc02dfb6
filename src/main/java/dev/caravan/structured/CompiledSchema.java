package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchemaException;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.SchemaViolation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/** A schema that is ready to check data. Thread-safe. */
public final class CompiledSchema {
    /** Characters of a schema, as JSON without spaces. */
    static final int MAX_CHARS = 256 * 1024;

    /** Values in a schema: objects, arrays and all that is in them. */
    static final int MAX_NODES = 20_000;

    /** Objects and arrays within each other. */
    static final int MAX_DEPTH = 100;

    private static final MetaSchemas META = new MetaSchemas();

    private final JsonNode source;
    private final JsonNode engineForm;
    private final int chars;
    private final Draft draft;
    private final LongSupplier clock;
    private final AtomicReference<Unfolding> unfolding;

    private CompiledSchema(JsonNode source, JsonNode engineForm, int chars, Draft draft, LongSupplier clock) {
        this.source = source;
        this.engineForm = engineForm;
        this.chars = chars;
        this.draft = draft;
        this.clock = clock;
        this.unfolding = new AtomicReference<>(new Unfolding(Engine.compile(engineForm, draft)));
    }

    /**
     * @param clock nanoseconds
     * @throws LlmException invalid_request when it is not a schema, or one that is not followed
     */
    static CompiledSchema compile(JsonNode given, LongSupplier clock) {
        int chars = text(given).length();
        JsonNode source = given.deepCopy();
        Draft draft = Draft.of(source);
        AtomicReference<CompiledSchema> schema = new AtomicReference<>();
        Budget budget = new Budget(clock);
        try {
            budget.run(() -> {
                JsonNode engineForm = EngineForm.of(source, draft);
                META.check(source, draft, budget);
                schema.set(new CompiledSchema(source, engineForm, chars, draft, clock));
            });
        } catch (JsonSchemaException | IllegalArgumentException e) {
            throw unusable(e);
        }
        return schema.get();
    }

    /** The schema as it was given; never changed. */
    public JsonNode source() {
        return source;
    }

    /**
     * Why the data is not valid, at most {@value Found#MAX_ERRORS} reasons; empty when it is. Bounded in time.
     *
     * @throws LlmException invalid_request when the schema takes too long to check
     */
    public List<SchemaViolation> check(JsonNode data) {
        return check(data, new Budget(clock));
    }

    List<SchemaViolation> check(JsonNode data, Budget budget) {
        String complaint = JsonBounds.complaint(data, JsonBounds.MAX_DEPTH, Integer.MAX_VALUE);
        return complaint == null
                ? validate(data, budget)
                : List.of(new SchemaViolation("", "json", "There is " + complaint + "."));
    }

    private List<SchemaViolation> validate(JsonNode data, Budget budget) {
        List<SchemaViolation> violations = new ArrayList<>();
        try {
            budget.run(() -> violations.addAll(evaluate(data, budget)));
        } catch (JsonSchemaException e) {
            throw unusable(e);
        }
        return violations;
    }

    private List<SchemaViolation> evaluate(JsonNode data, Budget budget) {
        Unfolding current = unfolding.get();
        Unfolding used = current == null ? new Unfolding(Engine.compile(engineForm, draft)) : current;
        unfolding.compareAndSet(null, used);
        int before = budget.keywords();
        boolean whole = false;
        try {
            List<SchemaViolation> violations =
                    Violations.of(used.schema().validate(Engine.execution(), data, data, Violations.ROOT));
            whole = true;
            return violations;
        } finally {
            // What a check that was stopped has built of it may be half of something.
            if (!whole | used.outgrown(budget.keywords() - before)) {
                unfolding.compareAndSet(used, null);
            }
        }
    }

    /** For all that one answer holds. */
    Budget budget() {
        return new Budget(clock);
    }

    /** Bytes that it takes about, for the cache. */
    int weight() {
        return 4_096 + 80 * chars;
    }

    /**
     * The schema's text, by which it is known.
     *
     * @throws LlmException invalid_request when it is no schema, or too large
     */
    static String text(JsonNode schema) {
        if (schema == null || !schema.isObject() && !schema.isBoolean()) {
            throw LlmException.invalid("schema: must be an object");
        }
        if (schema.isBoolean() && !schema.booleanValue()) {
            throw LlmException.invalid("schema: no answer can be valid against false");
        }
        String complaint = JsonBounds.complaint(schema, MAX_DEPTH, MAX_NODES);
        String text = complaint == null ? schema.toString() : "";
        if (text.length() > MAX_CHARS) {
            complaint = "more than " + MAX_CHARS + " characters";
        }
        if (complaint != null) {
            throw LlmException.invalid("schema: there is " + complaint);
        }
        return text;
    }

    private static LlmException unusable(RuntimeException cause) {
        String why =
                cause instanceof Budget.Exceeded ? cause.getMessage() : "it has a reference or name that leads nowhere";
        return LlmException.builder(ErrorKind.INVALID_REQUEST, "schema: it cannot be checked: " + why)
                .cause(cause)
                .build();
    }
}
