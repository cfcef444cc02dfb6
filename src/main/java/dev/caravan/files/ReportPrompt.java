package dev.caravan.files;

import dev.caravan.chat.LlmRequest;
import dev.caravan.error.LlmException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;

/**
 * The report's template: {@code report.prompt.txt} of {@code caravan.routes.dir}, else the shipped one. It is read each time,
 * and like a dropped text: front matter may carry a model and other fields. {@code {date}} in it is the day.
 */
final class ReportPrompt {
    private static final String NAME = "report.prompt.txt";
    private static final String SHIPPED = "/dev/caravan/routes/" + NAME;

    private final Path file;

    /** @param routesDir may be missing */
    ReportPrompt(Path routesDir) {
        this.file = routesDir.resolve(NAME);
    }

    /** @throws LlmException {@code invalid_request} when it is empty, no UTF-8 or has wrong fields */
    LlmRequest of(LocalDate day) throws IOException {
        return FileRequestReader.ofText(Utf8Text.of(template()).replace("{date}", day.toString()));
    }

    private byte[] template() throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            // The shipped one counts, as without a folder.
            try (InputStream in = ReportPrompt.class.getResourceAsStream(SHIPPED)) {
                return in.readAllBytes();
            }
        }
    }
}
