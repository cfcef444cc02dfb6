package dev.caravan.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * The JSON of a reply, read strictly: data must not be ambiguous. The one part that the model itself wrote as JSON, the
 * input of a tool's call, does not take the whole reply with it: in a reply that the strict reader refuses (for a key
 * twice, a number or nesting beyond all bounds) inputs become their text, which is read like one that came as text, so
 * that whoever checks the answer can say what is wrong.
 */
final class ReplyBody {
    /** Members that hold an input: Anthropic's and Converse's, Cohere's. */
    private static final Set<String> INPUTS = Set.of("input", "parameters");

    /** The body is in memory, which bounds it. */
    private static final JsonFactory LENIENT = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final JsonMapper LOOSE = JsonMapper.builder().build();

    private ReplyBody() {}

    /** @throws JsonProcessingException when it is not exactly one sound JSON value, inputs of tools aside */
    static JsonNode read(byte[] body) throws JsonProcessingException {
        try {
            return Json.read(body);
        } catch (JsonProcessingException strict) {
            String text = new String(body, StandardCharsets.UTF_8);
            boolean unicode = Arrays.equals(text.getBytes(StandardCharsets.UTF_8), body);
            String quoted = unicode ? withInputsQuoted(text) : null;
            if (quoted == null) {
                throw strict;
            }
            return Json.read(quoted.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The body as far as anybody can read it, for its token counts; missing when nobody can. */
    static JsonNode loose(byte[] body) {
        try {
            return LOOSE.readTree(body);
        } catch (IOException e) {
            // Then it has no counts, which is what its reader finds.
            return MissingNode.getInstance();
        }
    }

    /** The text with inputs as strings; null when there are none, or nobody can tell. */
    private static String withInputsQuoted(String text) {
        StringBuilder quoted = new StringBuilder();
        int copied = 0;
        try (JsonParser parser = LENIENT.createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token != JsonToken.FIELD_NAME || !INPUTS.contains(parser.currentName())) {
                    continue;
                }
                if (!parser.nextToken().isStructStart()) {
                    continue;
                }
                int from = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                int to = (int) parser.currentLocation().getCharOffset();
                quoted.append(text, copied, from).append(TextNode.valueOf(text.substring(from, to)));
                copied = to;
            }
        } catch (IOException e) {
            // No JSON at all: the strict reader's reason stands.
            return null;
        }
        return copied == 0 ? null : quoted.append(text, copied, text.length()).toString();
    }
}
