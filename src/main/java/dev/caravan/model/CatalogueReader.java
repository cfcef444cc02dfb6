package dev.caravan.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.caravan.runtime.FileFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads the shipped catalogue and the user's file that adds to it or changes it. The form: {@code docs/models.md}. */
public final class CatalogueReader {
    private static final String SHIPPED = "/dev/caravan/catalogue.yaml";
    private static final YAMLMapper MAPPER = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private CatalogueReader() {}

    /** The catalogue as shipped. */
    public static Catalogue shipped() {
        return new CatalogueBuilder(SHIPPED, readShipped(), empty()).build();
    }

    /**
     * The catalogue with the user's file, when there is one.
     *
     * @throws CatalogueException when the file is missing, no YAML, or has an unknown field or a wrong value
     */
    public static Catalogue read(Optional<Path> file) {
        if (file.isEmpty()) {
            return shipped();
        }
        return new CatalogueBuilder(file.get().toString(), readShipped(), readFile(file.get())).build();
    }

    private static JsonNode readShipped() {
        try (InputStream in = CatalogueReader.class.getResourceAsStream(SHIPPED)) {
            return MAPPER.readTree(in);
        } catch (IOException e) {
            throw new CatalogueException(SHIPPED + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static ObjectNode readFile(Path file) {
        try {
            JsonNode root = MAPPER.readTree(Files.readAllBytes(file));
            if (root == null || root.isMissingNode() || root.isNull()) {
                return empty();
            }
            if (root instanceof ObjectNode map) {
                return map;
            }
            throw new CatalogueException(List.of(file + ": must be a map with families and models"));
        } catch (JsonProcessingException e) {
            String line =
                    e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
            throw new CatalogueException(file + ": is no YAML" + line + ": " + reason(e), e);
        } catch (NoSuchFileException e) {
            throw new CatalogueException(file + ": does not exist (caravan.catalogue)", e);
        } catch (IOException e) {
            throw new CatalogueException(
                    file + ": cannot be read (caravan.catalogue): " + FileFailure.words(e, file), e);
        }
    }

    /** On one line, in words of YAML: the parser speaks in many lines, and of its own options. */
    private static String reason(JsonProcessingException e) {
        if (e instanceof MismatchedInputException) {
            return "there must be one document only, without text or another --- behind it";
        }
        return e.getOriginalMessage()
                .lines()
                .map(line -> line.strip().replace("in 'reader', ", "at "))
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private static ObjectNode empty() {
        return JsonNodeFactory.instance.objectNode();
    }
}
