package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Compiled schemas: given in full (cached, bounded) or by name. Thread-safe. */
public final class Schemas {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,64}");
    private static final String SHIPPED = "/dev/caravan/schemas/";
    private static final String SUFFIX = ".schema.json";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path dir;
    private final Cache<JsonNode, CompiledSchema> compiled =
            Caffeine.newBuilder().maximumSize(500).build();

    private Schemas(Path dir) {
        this.dir = dir;
    }

    /** @param dir the folder of named schemas; may be missing */
    public static Schemas open(Path dir) {
        return new Schemas(dir);
    }

    /** @throws LlmException invalid_request when it is no schema that can be used */
    public CompiledSchema inline(JsonNode schema) {
        return compiled.get(schema, CompiledSchema::compile);
    }

    /** @throws LlmException not_found, invalid_request when the file holds no schema that can be used */
    public CompiledSchema named(String name) {
        if (NAME.matcher(name).matches()) {
            try (InputStream in = source(name)) {
                if (in != null) {
                    return inline(MAPPER.readTree(in));
                }
            } catch (IOException e) {
                throw LlmException.invalid("The schema " + name + " cannot be read");
            }
        }
        throw LlmException.of(ErrorKind.NOT_FOUND, "There is no schema " + name);
    }

    private InputStream source(String name) throws IOException {
        Path file = dir.resolve(name + SUFFIX);
        return Files.isRegularFile(file)
                ? Files.newInputStream(file)
                : Schemas.class.getResourceAsStream(SHIPPED + name + SUFFIX);
    }
}
