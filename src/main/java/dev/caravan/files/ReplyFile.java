package dev.caravan.files;

import dev.caravan.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Tells whose reply a file in outbox/ is. */
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
}
