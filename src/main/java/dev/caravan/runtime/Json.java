package dev.caravan.runtime;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/**
 * The one JSON reader and writer. Strict: duplicate keys and trailing text are refused, nesting is bounded (1000
 * levels) and so is a number (1000 digits), numbers keep their digits, and only UTF-8 is read.
 */
public final class Json {
    /** Who reads a body bounds its length, and so every string in it. */
    private static final StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
            .maxNestingDepth(1000)
            .maxNumberLength(1000)
            .maxStringLength(Integer.MAX_VALUE)
            .build();

    /** What was read must be writable within something else, such as an input within a message. */
    private static final StreamWriteConstraints WRITTEN =
            StreamWriteConstraints.builder().maxNestingDepth(1100).build();

    /** Buffers kept: about as many as are in use at once, for a text is read or written without waiting. */
    private static final int KEPT_BUFFERS = 16;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(CONSTRAINTS)
                    .streamWriteConstraints(WRITTEN)
                    .recyclerPool(buffers())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            // Characters beyond the BMP as UTF-8 and not as two escapes.
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private Json() {}

    /** Jackson's own choice keeps buffers by thread, but a virtual thread lives for one request. */
    private static RecyclerPool<BufferRecycler> buffers() {
        return Workers.virtualThreads()
                ? JsonRecyclerPools.newBoundedPool(KEPT_BUFFERS)
                : JsonRecyclerPools.defaultPool();
    }

    public static JsonMapper mapper() {
        return MAPPER;
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /**
     * Reads UTF-8 text.
     *
     * @throws JsonProcessingException when it is not exactly one JSON value; the message tells line and column
     */
    public static JsonNode read(byte[] bytes) throws JsonProcessingException {
        if (!Utf8.isText(bytes)) {
            throw new JsonParseException(null, "it is not UTF-8");
        }
        try {
            return MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory does no I/O", e);
        }
    }

    public static byte[] write(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }
}
