package dev.caravan.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** What a reply says as JSON: its text, and whose it is. */
final class ReplyFile {
    private static final long MAX_SIZE = 64L << 20;

    private ReplyFile() {}

    /** Whether the reply of the named file's job is there already, by its {@code id}. */
    static boolean isOf(String id, Path outbox, Path named) {
        Path sub = Folders.subFolder(named);
        String name = ComparedName.stem(FileNames.of(named)) + TakenNames.REPLY;
        Path reply = outbox.resolve(sub).resolve(FileNames.path(name));
        try {
            return Folders.obstacle(outbox, sub).isEmpty()
                    && Files.isRegularFile(reply, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(reply) <= MAX_SIZE
                    && id.equals(Json.read(Files.readAllBytes(reply)).path("id").textValue());
        } catch (IOException e) {
            // No JSON or not to be read: it says nothing.
            return false;
        }
    }

    /** The text of a reply; never half a surrogate pair. */
    static String textOf(byte[] json) {
        try {
            return Texts.wellFormed(Json.read(json).path("text").asText());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a reply must be JSON", e);
        }
    }
}
