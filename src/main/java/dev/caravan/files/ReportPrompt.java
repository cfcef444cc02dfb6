package dev.caravan.files;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Structured;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Texts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.LocalDate;

/**
 * The report's template: {@code report.prompt.txt} of {@code caravan.routes.dir}, else the shipped one. It is read each time,
 * and like a dropped text: front matter may carry a model and other fields, but no schema. {@code {date}} in it is the day.
 */
final class ReportPrompt {
    private static final String NAME = "report.prompt.txt";
    private static final String SHIPPED = "/dev/caravan/routes/" + NAME;

    private final Path file;
    private final Path schema;

    /**
     * @param routesDir may be missing
     * @param schema the file that a user's own schema would have, to be named
     */
    ReportPrompt(Path routesDir, Path schema) {
        this.file = routesDir.resolve(NAME);
        this.schema = schema;
    }

    /**
     * @throws LlmException {@code invalid_request} with the file and the reason when it cannot be read, is blank, no UTF-8 or
     *     has wrong fields
     */
    LlmRequest of(LocalDate day) {
        byte[] template = template();
        try {
            return request(template, day);
        } catch (LlmException e) {
            throw e.toBuilder(file + ": " + e.getMessage()).build();
        }
    }

    /** The same failure, which names the template too; what is wrong with a request may come from there. */
    LlmException named(LlmException failure) {
        return failure.toBuilder(failure.getMessage() + " (The request is made of " + file + ".)")
                .build();
    }

    /** Whether there is one of the user's. */
    boolean isOwn() {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    private LlmRequest request(byte[] template, LocalDate day) {
        String text = Utf8Text.of(template);
        if (Texts.isBlank(text)) {
            throw LlmException.invalid("The file is " + (template.length == 0 ? "empty" : "blank")
                    + "; without the file the shipped text counts.");
        }
        LlmRequest request = FileRequestReader.ofText(text.replace("{date}", day.toString()));
        Structured asked = request.structured();
        if (asked != null && (asked.schema() != null || asked.schemaName() != null)) {
            throw LlmException.invalid(
                    "schema, schema_name: leave them out here. The report's schema is the file " + schema + ".");
        }
        return request;
    }

    private byte[] template() {
        try {
            requireFile();
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return shipped();
        } catch (IOException e) {
            throw ReportTrouble.unreadable(file, e);
        }
    }

    /** A pipe would be waited for without end, and a link to nothing is nobody's wish for the shipped text. */
    private void requireFile() throws IOException {
        BasicFileAttributes itself = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (itself.isSymbolicLink() && !Files.exists(file)) {
            throw new IOException("it is a link to something that is not there");
        }
        if (!Files.isRegularFile(file)) {
            throw new IOException(Files.isDirectory(file) ? "it is a folder" : "it is no file with a text");
        }
    }

    private static byte[] shipped() {
        try (InputStream in = ReportPrompt.class.getResourceAsStream(SHIPPED)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the jar's own " + NAME + " cannot be read", e);
        }
    }
}
