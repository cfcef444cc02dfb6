package dev.caravan.runtime;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;

/** Failures of the file system in plain words instead of the names of Java classes. */
public final class FileFailure {
    private FileFailure() {}

    /**
     * Why something could not be done to a file or folder, such as {@code permission denied}; with a path behind it when
     * the reason lies with another than that one, {@code permission denied (/data)}. On one line.
     */
    public static String words(IOException failure, Path path) {
        String words = reason(failure);
        if (failure instanceof FileSystemException e
                && e.getFile() != null
                && !e.getFile().equals(path.toString())) {
            words += " (" + e.getFile() + ")";
        }
        return Texts.wellFormed(words).replaceAll("\\p{Cntrl}", "?");
    }

    private static String reason(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "something else has this name";
        }
        if (failure instanceof NotDirectoryException) {
            return "it is not a folder";
        }
        if (failure instanceof DirectoryNotEmptyException) {
            return "the folder is not empty";
        }
        String said = failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
        return said == null || said.isBlank() ? "the file system does not say why" : asWords(said);
    }

    /** The operating system's own reasons, which begin with a capital letter; those for which there are better words. */
    private static String asWords(String said) {
        return switch (said) {
            case "Not a directory" -> "a part of the path is not a folder";
            case "Is a directory" -> "it is a folder";
            case "File name too long" -> "the name is too long";
            default -> said.substring(0, 1).toLowerCase(Locale.ROOT) + said.substring(1);
        };
    }
}
