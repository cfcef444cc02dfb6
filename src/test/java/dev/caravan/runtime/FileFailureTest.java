package dev.caravan.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FileFailureTest {
    private static final Path PATH = Path.of("a");

    @Test
    void words_sayWhatIsWrong() {
        assertThat(words(new NoSuchFileException("a"))).isEqualTo("no such file or folder");
        assertThat(words(new AccessDeniedException("a"))).isEqualTo("permission denied");
        assertThat(words(new FileAlreadyExistsException("a"))).isEqualTo("something else has this name");
        assertThat(words(new FileSystemException("a", null, "Read-only file system")))
                .isEqualTo("read-only file system");
        assertThat(words(new FileSystemException("a", null, "File name too long")))
                .isEqualTo("the name is too long");
        assertThat(words(new IOException("Is a directory"))).isEqualTo("it is a folder");
        assertThat(words(new IOException())).isEqualTo("the file system does not say why");
    }

    @Test
    void words_nameTheFolderThatIsInTheWay_onOneLine() {
        assertThat(words(new AccessDeniedException("b\nc"))).isEqualTo("permission denied (b?c)");
    }

    private static String words(IOException failure) {
        return FileFailure.words(failure, PATH);
    }
}
