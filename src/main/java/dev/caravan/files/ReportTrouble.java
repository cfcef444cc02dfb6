package dev.caravan.files;

import dev.caravan.dialect.Problem;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apache.camel.component.jsonvalidator.JsonValidationException;

/** Why there is no report: what the disk refuses as a path and a reason in plain words. */
final class ReportTrouble {
    private ReportTrouble() {}

    /** Why a run failed; of what is a bug only the type is told, as its message may quote content. */
    static LlmException failure(Throwable cause) {
        if (cause instanceof JsonValidationException) {
            return LlmException.of(
                    ErrorKind.STRUCTURED_OUTPUT_INVALID, "json-validator does not find the answer valid.");
        }
        LlmException visible = Problem.visible(cause);
        return visible.kind() == ErrorKind.INTERNAL
                ? LlmException.of(ErrorKind.INTERNAL, cause.getClass().getName())
                : visible;
    }

    /** It may be over at the next look: a full disk, a folder that is in nobody's way any more. */
    static LlmException unwritable(Path place, IOException e) {
        return trouble(ErrorKind.OVERLOADED, place + " cannot be written: " + reason(e), e);
    }

    static LlmException unreadable(Path place, IOException e) {
        return trouble(ErrorKind.INVALID_REQUEST, place + " cannot be read: " + reason(e), e);
    }

    private static LlmException trouble(ErrorKind kind, String message, IOException e) {
        return LlmException.builder(kind, LogText.of((Object) message)).cause(e).build();
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "access is denied";
        }
        if (e instanceof NoSuchFileException) {
            return "it is not there";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "something else has that name";
        }
        String words = e instanceof FileSystemException known ? known.getReason() : e.getMessage();
        return words == null ? "the disk refuses it" : words;
    }
}
