package dev.caravan.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one YAML mapping as the JSON tree that it means by YAML 1.2's core schema: {@code no} and {@code 2026-01-01} are
 * texts, {@code 1e-1} is a number, numbers keep their digits. What YAML 1.1 and 1.2 take for different things ({@code 0x10},
 * {@code 010}, {@code 1_000}, {@code .inf}) is refused, and so are anchors, aliases and tags.
 */
final class YamlFields {
    private static final int MAX_DEPTH = 200;
    private static final int SHOWN = 60;

    private static final Pattern NUMBER =
            Pattern.compile("[-+]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?");
    private static final Pattern AMBIGUOUS = Pattern.compile(
            "[-+]?0[0-9].*|[-+]?0[xob][0-9a-fA-F_]+|[-+]?[0-9][0-9_.]*_[0-9_.]*|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)");
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> TRUTHS = Set.of("true", "True", "TRUE");
    private static final Set<String> FALSEHOODS = Set.of("false", "False", "FALSE");
    private static final Pattern PLACE = Pattern.compile(" in 'reader', line (\\d+), column (\\d+)");

    private static final YAMLFactory YAML = YAMLFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private final YAMLParser parser;
    private final int[] source;

    private YamlFields(YAMLParser parser, int[] source) {
        this.parser = parser;
        this.source = source;
    }

    /**
     * @return empty for a text without any value
     * @throws LlmException {@code invalid_request} with line and reason
     */
    static ObjectNode read(String yaml) {
        try (YAMLParser parser = YAML.createParser(new StringReader(yaml))) {
            return new YamlFields(parser, yaml.codePoints().toArray()).document();
        } catch (JsonProcessingException e) {
            throw noYaml(e);
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory does no I/O", e);
        }
    }

    private ObjectNode document() throws IOException {
        if (parser.nextToken() == null) {
            return Json.object();
        }
        JsonNode root = value(1);
        if (root.isNull()) {
            root = Json.object();
        }
        if (!(root instanceof ObjectNode fields)) {
            throw LlmException.invalid("The front matter must be a mapping of fields, such as model: claude-haiku."
                    + FrontMatter.NO_FIELDS);
        }
        if (parser.nextToken() != null) {
            throw refused("there is a second YAML document");
        }
        return fields;
    }

    private JsonNode value(int depth) throws IOException {
        requirePlainNode();
        if (depth > MAX_DEPTH) {
            throw refused("it is nested more than " + MAX_DEPTH + " levels deep");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(depth);
            case START_ARRAY -> array(depth);
            default -> scalar(parser.getText());
        };
    }

    private ObjectNode object(int depth) throws IOException {
        ObjectNode object = Json.object();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            requirePlainNode();
            String name = parser.getText();
            if (depth == 1 && name.isBlank()) {
                throw refused("a field has no name before its colon");
            }
            if (object.has(name)) {
                throw refused("the field " + Texts.shorten(name, SHOWN) + " is there twice");
            }
            parser.nextToken();
            object.set(name, value(depth + 1));
        }
        return object;
    }

    private ArrayNode array(int depth) throws IOException {
        ArrayNode array = Json.mapper().createArrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(depth + 1));
        }
        return array;
    }

    private JsonNode scalar(String text) throws IOException {
        if ("\"'|>".indexOf(firstCharacter()) >= 0) {
            return TextNode.valueOf(text);
        }
        if (NULLS.contains(text)) {
            return NullNode.getInstance();
        }
        if (TRUTHS.contains(text) || FALSEHOODS.contains(text)) {
            return BooleanNode.valueOf(TRUTHS.contains(text));
        }
        if (AMBIGUOUS.matcher(text).matches()) {
            throw refused(Texts.shorten(text, SHOWN)
                    + " is one thing to some readers of YAML and another to others: write a number in plain decimal"
                    + " digits, and a text in quotes");
        }
        return NUMBER.matcher(text).matches() ? number(text) : TextNode.valueOf(text);
    }

    /** As JSON has it, so that the same number gives the same node. */
    private JsonNode number(String text) {
        String json = text.replace("+", "").replaceFirst("^(-?)\\.", "$10.").replaceFirst("\\.(?=[eE]|$)", "");
        try {
            return Json.read(json.getBytes(StandardCharsets.US_ASCII));
        } catch (JsonProcessingException e) {
            throw refused("a number is too long");
        }
    }

    /** The node's first character tells its style, which the parser keeps to itself. */
    private int firstCharacter() {
        int offset = (int) parser.currentTokenLocation().getCharOffset();
        return offset < source.length ? source[offset] : 0;
    }

    /** An alias would stand for more than can be seen, and a tag would make a value of another type. */
    private void requirePlainNode() {
        switch (firstCharacter()) {
            case '&', '*' -> throw refused("anchors and aliases (& and *) are not taken; a text goes in quotes");
            case '!' -> throw refused("tags (!) are not taken; a text goes in quotes");
            default -> {}
        }
    }

    private LlmException refused(String reason) {
        return refused(reason, parser.currentTokenLocation().getLineNr());
    }

    private static LlmException refused(String reason, Object line) {
        return refused(reason, line, "");
    }

    private static LlmException refused(String reason, Object line, String advice) {
        return LlmException.invalid("The front matter is not taken: line " + line + ": " + reason + "." + advice);
    }

    /** The parser's message tells context and problem, each with its place and a piece of the text. */
    private static LlmException noYaml(JsonProcessingException e) {
        String message = e.getOriginalMessage();
        if (message.startsWith("Expected a field name")) {
            return refused(
                    "the name of a field must be a plain word", e.getLocation().getLineNr());
        }
        List<String> words = message.lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .toList();
        String reason = Texts.shorten(String.join(": ", words), 200).replaceFirst("\\.$", "");
        String line =
                String.valueOf(e.getLocation() == null ? 1 : e.getLocation().getLineNr());
        for (Matcher place = PLACE.matcher(message); place.find(); ) {
            line = place.group(1);
        }
        return refused("it is no YAML: " + reason, line, FrontMatter.NO_FIELDS);
    }
}
