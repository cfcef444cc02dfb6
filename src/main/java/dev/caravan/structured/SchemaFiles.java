package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Structured;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.FileFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schemas by name: {@code NAME.schema.json} of a folder, and those shipped in the jar. The folder's win. What cannot be
 * read there is logged once.
 */
final class SchemaFiles {
    /** Names that are shipped. */
    static final List<String> SHIPPED = List.of("invoice", "report");

    private static final Logger LOG = LoggerFactory.getLogger(SchemaFiles.class);
    private static final String SUFFIX = ".schema.json";
    private static final String PLACE = "/dev/caravan/schemas/";
    static final int MAX_NAMES = 50;
    private static final int MAX_WARNINGS = 1_000;

    /** Text above this cannot be a schema of {@link CompiledSchema#MAX_CHARS}; with spaces and comments it may be larger. */
    private static final int MAX_BYTES = 4 * CompiledSchema.MAX_CHARS;

    /** What a name's file has in it. Sizes and times would not do: a file can change within one tick of its clock. */
    static final class State {
        static final State OF_JAR = new State(null);

        private final byte[] content;

        private State(byte[] content) {
            this.content = content;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof State state && Arrays.equals(content, state.content);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(content);
        }
    }

    private final Optional<Path> dir;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /** @param dir may be missing on the disk; empty: only the shipped ones are there */
    SchemaFiles(Optional<Path> dir) {
        this.dir = dir;
    }

    /** @throws LlmException not_found; invalid_request when the file cannot be read or is too large */
    State state(String name) {
        if (!Structured.isName(name)) {
            throw LlmException.of(
                    ErrorKind.NOT_FOUND,
                    "There is no schema by that name: a name is " + Structured.NAME_RULE + ". " + existing());
        }
        if (dir.isEmpty()) {
            return shipped(name);
        }
        try {
            if (Files.readAttributes(file(name), BasicFileAttributes.class).isRegularFile()) {
                return new State(content(name));
            }
        } catch (NoSuchFileException e) {
            // The shipped one counts, as without a folder.
            return shipped(name);
        } catch (IOException e) {
            warn(file(name), e);
            throw LlmException.builder(ErrorKind.INVALID_REQUEST, "The schema " + name + " cannot be read")
                    .cause(e)
                    .build();
        }
        return shipped(name);
    }

    /**
     * @param state of that name
     * @throws LlmException invalid_request when the file is not JSON
     */
    JsonNode read(String name, State state) {
        try {
            byte[] content = state.content == null ? ofJar(name) : state.content;
            return JsonText.parse(new String(content, StandardCharsets.UTF_8));
        } catch (JsonText.Unsound e) {
            throw LlmException.builder(
                            ErrorKind.INVALID_REQUEST, "The schema " + name + " is not JSON: " + e.getMessage())
                    .cause(e)
                    .build();
        }
    }

    private byte[] content(String name) throws IOException {
        try (InputStream in = Files.newInputStream(file(name))) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw LlmException.invalid("The schema " + name + " is larger than " + MAX_BYTES + " bytes");
            }
            return bytes;
        }
    }

    private static byte[] ofJar(String name) {
        try (InputStream in = SchemaFiles.class.getResourceAsStream(PLACE + name + SUFFIX)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("the jar's own schema " + name + " cannot be read", e);
        }
    }

    private State shipped(String name) {
        if (!SHIPPED.contains(name)) {
            throw LlmException.of(ErrorKind.NOT_FOUND, "There is no schema " + name + ". " + existing());
        }
        return State.OF_JAR;
    }

    private Path file(String name) {
        return dir.orElseThrow().resolve(name + SUFFIX);
    }

    /** Of the folder's files that can be read; none without a folder. */
    SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>();
        if (dir.isEmpty()) {
            return names;
        }
        try (Stream<Path> files = Files.list(dir.get())) {
            files.filter(file -> Files.isRegularFile(file) && Files.isReadable(file))
                    .map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(SUFFIX))
                    .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                    .filter(Structured::isName)
                    .forEach(names::add);
        } catch (NoSuchFileException e) {
            // The shipped ones do without.
            return names;
        } catch (IOException e) {
            warn(dir.get(), e);
        }
        return names;
    }

    private String existing() {
        SortedSet<String> names = names();
        names.addAll(SHIPPED);
        int more = names.size() - MAX_NAMES;
        return "There are: " + String.join(", ", names.stream().limit(MAX_NAMES).toList())
                + (more > 0 ? " and " + more + " more" : "");
    }

    private void warn(Path place, IOException e) {
        if (warned.size() < MAX_WARNINGS && warned.add(place.toString())) {
            LOG.warn("{} cannot be read (caravan.schemas.dir): {}", place, FileFailure.words(e, place));
        }
    }
}
