package dev.caravan.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.dialect.RequestReader;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Texts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Makes a request of a dropped file. Of {@code txt} and {@code md} the text is the prompt, exactly as it is but for one line
 * end at its very end (which editors put there), and {@linkplain FrontMatter front matter} carries the other fields; {@code
 * json} is a request of Caravan's own API. One with a field of structured requests is structured. Thread-safe.
 */
final class FileRequestReader {
    private static final String FILE = "The file";
    private static final String TAKEN = "what is taken is .txt, .md and .json";
    private static final Pattern SHOWABLE = Pattern.compile("[\\p{L}\\p{N}_+~-]{1,40}");

    /** Beyond it there is no Java array. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - 16;

    private final long maxBytes;

    /** @param maxBytes of a file; one with more is never read */
    FileRequestReader(long maxBytes) {
        this.maxBytes = Math.min(maxBytes, MOST_BYTES);
    }

    /**
     * @param extension of the file's name, in lower case without the dot; empty for none
     * @throws LlmException {@code invalid_request} with the reason, {@code payload_too_large}
     * @throws IOException when the disk fails, or the file has gone
     */
    LlmRequest read(Path input, String extension) throws IOException {
        try {
            requireFile(input);
            requireTaken(extension);
            byte[] content = content(input);
            String text = Utf8Text.of(content);
            if (Texts.isBlank(text)) {
                throw LlmException.invalid(content.length == 0 ? "The file is empty." : "The file is blank.");
            }
            return extension.equals("json") ? RequestReader.readAny(withoutMark(content), FILE) : ofText(text);
        } catch (AccessDeniedException e) {
            throw LlmException.builder(ErrorKind.INVALID_REQUEST, "The file cannot be read: access is denied.")
                    .cause(e)
                    .build();
        }
    }

    /**
     * The request that a text with or without front matter is.
     *
     * @throws LlmException {@code invalid_request} with the reason
     */
    static LlmRequest ofText(String content) {
        FrontMatter parts = FrontMatter.of(content);
        ObjectNode fields = parts.fields();
        String prompt = withoutLineEnd(parts.text());
        if (!Texts.isBlank(prompt)) {
            refuse(fields, "prompt");
            refuse(fields, "messages");
            fields.put("prompt", prompt);
        } else if (fields.path("prompt").isMissingNode()
                && fields.path("messages").isMissingNode()) {
            throw LlmException.invalid("The file has front matter but no text: the text below it is the prompt.");
        }
        return RequestReader.readAny(fields, FILE);
    }

    private static void refuse(ObjectNode fields, String name) {
        JsonNode field = fields.path(name);
        if (!field.isMissingNode() && !field.isNull()) {
            throw LlmException.invalid(name + ": the text of the file is the prompt; leave out one of the two.");
        }
    }

    private static void requireFile(Path input) throws IOException {
        BasicFileAttributes file = Files.readAttributes(input, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!file.isRegularFile()) {
            String kind =
                    file.isSymbolicLink() ? "a link" : file.isDirectory() ? "a folder" : "a device, pipe or socket";
            throw LlmException.invalid("It is " + kind + ", not a file; it was not opened.");
        }
    }

    private static void requireTaken(String extension) {
        switch (extension) {
            case "txt", "md", "json" -> {}
            case "jsonl" ->
                throw LlmException.invalid(
                        "Batches (.jsonl) are not in this version; " + TAKEN + ", one request each.");
            case "" -> throw LlmException.invalid("The file's name has no extension; " + TAKEN + ".");
            default ->
                throw LlmException.invalid("Files "
                        + (SHOWABLE.matcher(extension).matches() ? "ending in ." + extension : "with this extension")
                        + " are not taken; " + TAKEN + ".");
        }
    }

    /** Bounded also when the file grows meanwhile. */
    private byte[] content(Path input) throws IOException {
        requireSize(Files.readAttributes(input, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .size());
        try (InputStream in = Files.newInputStream(input, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            byte[] content = in.readNBytes((int) maxBytes + 1);
            requireSize(content.length);
            return content;
        }
    }

    private void requireSize(long size) {
        if (size > maxBytes) {
            throw LlmException.of(
                    ErrorKind.PAYLOAD_TOO_LARGE,
                    "The file has more than " + maxBytes + " bytes (caravan.http.max-body).");
        }
    }

    private static byte[] withoutMark(byte[] content) {
        int begin = Utf8Text.markLength(content);
        return begin == 0 ? content : Arrays.copyOfRange(content, begin, content.length);
    }

    private static String withoutLineEnd(String text) {
        if (text.endsWith("\r\n")) {
            return text.substring(0, text.length() - 2);
        }
        return text.endsWith("\n") || text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
