package dev.caravan.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** Reads {@code application.properties}, in UTF-8; a byte order mark is fine. */
final class PropertiesFile {
    static final String NAME = "application.properties";

    private PropertiesFile() {}

    /** Its entries, none when there is no such file; what cannot be read is a complaint. */
    static Map<String, String> read(Path folder, Complaints complaints) {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            return Map.of();
        }
        Properties properties = new Properties();
        try {
            String text = Files.readString(file);
            properties.load(new StringReader(text.startsWith("\uFEFF") ? text.substring(1) : text));
        } catch (IOException e) {
            complaints.fileProblem(NAME + ": must be a readable file in UTF-8");
        } catch (IllegalArgumentException e) {
            complaints.fileProblem(NAME + ": a backslash and u must be followed by four hexadecimal digits");
        }
        Map<String, String> entries = new HashMap<>();
        properties.forEach((name, value) -> entries.put((String) name, (String) value));
        return entries;
    }
}
