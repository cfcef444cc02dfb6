package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Schemas by name: {@code NAME.schema.json} of a folder, and those shipped in the jar. The folder's win. */
final class SchemaFiles {
    /** Names that are shipped. */
    static final List<String> SHIPPED = List.of("invoice");

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,64}");
    private static final String SUFFIX = ".schema.json";
    private static final String PLACE = "/dev/caravan/schemas/";
    private static final int MAX_NAMES = 50;

    /** Text above this cannot be a schema of {@link CompiledSchema#MAX_CHARS}; with spaces and comments it may be larger. */
    private static final int MAX_BYTES = 4 * CompiledSchema.MAX_CHARS;

    /**
     * The state of a name's file; another state is another content.
     *
     * @param modified milliseconds; -1 for a shipped one
     * @param size bytes
     * @param key the file's own, where the file system has one
     */
    record State(long modified, long size, Object key) {
        static final State OF_JAR = new State(-1, -1, null);
    }

    private final Path dir;

    SchemaFiles(Path dir) {
        this.dir = dir;
    }

    /** @throws LlmException not_found */
    State state(String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw LlmException.of(ErrorKind.NOT_FOUND, "There is no schema by that name. " + existing());
        }
        try {
            BasicFileAttributes file = Files.readAttributes(file(name), BasicFileAttributes.class);
            if (file.isRegularFile()) {
                return new State(file.lastModifiedTime().toMillis(), file.size(), file.fileKey());
            }
        } catch (IOException e) {
            // Not there, then: the shipped one counts, as without a folder.
            return shipped(name);
        }
        return shipped(name);
    }

    /** @throws LlmException invalid_request when the file is not JSON */
    JsonNode read(String name, State state) {
        try (InputStream in = state == State.OF_JAR
                ? SchemaFiles.class.getResourceAsStream(PLACE + name + SUFFIX)
                : Files.newInputStream(file(name))) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw LlmException.invalid("The schema " + name + " is larger than " + MAX_BYTES + " bytes");
            }
            return JsonText.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (JsonText.Unsound e) {
            throw LlmException.builder(
                            ErrorKind.INVALID_REQUEST, "The schema " + name + " is not JSON: " + e.getMessage())
                    .cause(e)
                    .build();
        } catch (IOException e) {
            throw LlmException.builder(ErrorKind.INVALID_REQUEST, "The schema " + name + " cannot be read")
                    .cause(e)
                    .build();
        }
    }

    private State shipped(String name) {
        if (!SHIPPED.contains(name)) {
            throw LlmException.of(ErrorKind.NOT_FOUND, "There is no schema " + name + ". " + existing());
        }
        return State.OF_JAR;
    }

    private Path file(String name) {
        return dir.resolve(name + SUFFIX);
    }

    /** Of the folder's files, at most {@value #MAX_NAMES}; none without a folder. */
    SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(dir)) {
            files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(SUFFIX))
                    .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                    .filter(name -> NAME.matcher(name).matches())
                    .limit(MAX_NAMES)
                    .forEach(names::add);
        } catch (IOException e) {
            return names;
        }
        return names;
    }

    private String existing() {
        SortedSet<String> names = names();
        names.addAll(SHIPPED);
        return "There are: " + String.join(", ", names);
    }
}
