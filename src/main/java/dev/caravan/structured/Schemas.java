package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.caravan.error.LlmException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compiled schemas: given in full (cached, bounded) or by name. Thread-safe. */
public final class Schemas {
    /** Bytes, about, of all compiled schemas that are kept. */
    private static final long MAX_WEIGHT = 64L * 1024 * 1024;

    private static final int MAX_NAMES = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Schemas.class);

    /** How a message begins about the schema of a request. */
    private static final Pattern FIELD = Pattern.compile("^schema(: | (?=at ))");

    private record Named(SchemaFiles.State state, CompiledSchema schema) {}

    private final SchemaFiles files;
    private final LongSupplier clock;

    /** What was logged when the folder was opened, by name. */
    private final SortedMap<String, String> told = new TreeMap<>();

    private final Cache<String, CompiledSchema> given = Caffeine.newBuilder()
            .maximumWeight(MAX_WEIGHT)
            .weigher((String text, CompiledSchema schema) -> schema.weight())
            .executor(Runnable::run)
            .build();
    private final Cache<String, Named> named =
            Caffeine.newBuilder().maximumSize(MAX_NAMES).executor(Runnable::run).build();

    private Schemas(Optional<Path> dir, LongSupplier clock) {
        this.files = new SchemaFiles(dir);
        this.clock = clock;
    }

    /**
     * Schemas of a folder ({@code NAME.schema.json}) and those shipped in the jar. A file that cannot be used is logged; it is
     * looked at again when its schema is asked for.
     *
     * @param dir may be missing
     */
    public static Schemas open(Path dir) {
        Schemas schemas = open(dir, System::nanoTime);
        schemas.told.putAll(schemas.problems());
        schemas.told.forEach((name, why) -> LOG.warn("{} (caravan.schemas.dir)", why));
        return schemas;
    }

    /** Those shipped in the jar only. */
    public static Schemas shipped() {
        return new Schemas(Optional.empty(), System::nanoTime);
    }

    /** Why the schema of this name cannot be used now; empty when it can, and when just that was logged already. */
    public Optional<String> complaint(String name) {
        try {
            named(name);
            return Optional.empty();
        } catch (LlmException e) {
            return Optional.of(e.getMessage()).filter(why -> !why.equals(told.get(name)));
        }
    }

    /** Of the folder's first {@value SchemaFiles#MAX_NAMES} names those whose file cannot be used now, and why. */
    SortedMap<String, String> problems() {
        SortedMap<String, String> problems = new TreeMap<>();
        for (String name : files.names().stream().limit(SchemaFiles.MAX_NAMES).toList()) {
            try {
                named(name);
            } catch (LlmException e) {
                problems.put(name, e.getMessage());
            }
        }
        return problems;
    }

    /** @param clock nanoseconds */
    static Schemas open(Path dir, LongSupplier clock) {
        return new Schemas(Optional.of(dir), clock);
    }

    /**
     * A schema given in full, of draft 4, 6, 7, 2019-09 or 2020-12 (the default). References within it are followed,
     * {@code format} is asserted.
     *
     * @throws LlmException invalid_request when it is not valid or false, refers to another place, is larger than 256 Ki
     *     characters, 20,000 values or 100 levels, or takes too long
     */
    public CompiledSchema inline(JsonNode schema) {
        // Compiled outside of the cache's lock; two at once may both do it.
        String text = CompiledSchema.text(schema);
        CompiledSchema known = given.getIfPresent(text);
        if (known == null) {
            known = CompiledSchema.compile(schema, clock);
            given.put(text, known);
        }
        return known;
    }

    /**
     * The schema of a name; the folder's before the shipped one. A changed file is seen.
     *
     * @param name 1 to 64 of letters, digits, dot, underscore and dash
     * @throws LlmException not_found with the names that there are; invalid_request when the file is no valid schema
     */
    public CompiledSchema named(String name) {
        SchemaFiles.State state = files.state(name);
        Named known = named.getIfPresent(name);
        if (known == null || !known.state().equals(state)) {
            known = new Named(state, compile(name, files.read(name, state)));
            named.put(name, known);
        }
        return known.schema();
    }

    /**
     * The schema of a name as it is written, for those who check answers themselves.
     *
     * @throws LlmException not_found with the names that there are; invalid_request when the file is no JSON
     */
    public JsonNode source(String name) {
        return files.read(name, files.state(name));
    }

    private CompiledSchema compile(String name, JsonNode schema) {
        try {
            return CompiledSchema.compile(schema, clock);
        } catch (LlmException e) {
            String why = FIELD.matcher(e.getMessage()).replaceFirst("");
            throw e.toBuilder("The schema " + name + " cannot be used: " + why).build();
        }
    }
}
