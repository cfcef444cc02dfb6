package dev.caravan.files;

import dev.caravan.chat.LlmRequest;
import java.io.IOException;
import java.nio.file.Path;

/** Makes a request of a claimed file. */
interface FileRequestReader {
    /**
     * @param input the claimed file
     * @param extension its extension in lower case, without the dot
     * @throws dev.caravan.error.LlmException when it is no request
     * @throws IOException when it cannot be read
     */
    LlmRequest read(Path input, String extension) throws IOException;
}
