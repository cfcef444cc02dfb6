package dev.caravan.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Replies by chance: {@code -Dfuzz.replies=1000000} for more of them. */
class ReplyFuzzTest {
    private static final int REPLIES = Integer.getInteger("fuzz.replies", 200_000);
    private static final long LONGEST_NANOS = 2_000_000_000L;
    private static final List<String> SCHEMAS = List.of(
            "true",
            "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\",\"maxLength\":12},\"born\":{\"type\":\"integer\"}},\"required\":[\"name\"]}",
            "{\"type\":\"array\",\"items\":{\"type\":[\"string\",\"integer\"]},\"minItems\":1}",
            "{\"$defs\":{\"t\":{\"type\":\"object\",\"additionalProperties\":{\"anyOf\":[{\"type\":[\"number\",\"string\",\"boolean\",\"null\"]},{\"$ref\":\"#/$defs/t\"}]}}},\"$ref\":\"#/$defs/t\"}");
    private static final String[] SOUP = {
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        ":",
        ",",
        "```",
        "```json\n",
        "~~~",
        "\n",
        "\\",
        "//",
        "/*",
        "*/",
        "#",
        "1",
        "-",
        ".",
        "e9",
        "true",
        "None",
        "null",
        "\"name\"",
        "name",
        " ",
        "\u201c",
        "\u201d",
        "\ufeff",
        "\ud800",
        "\u0000",
        "\"a\": 1",
        "..."
    };

    @Test
    void anyReply_givesValidDataOrErrors() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        Schemas schemas = Schemas.open(Path.of("nowhere"));
        CompiledSchema[] ours = new CompiledSchema[SCHEMAS.size()];
        JsonSchema[] engines = new JsonSchema[SCHEMAS.size()];
        SchemaValidatorsConfig config =
                SchemaValidatorsConfig.builder().losslessNarrowing(true).build();
        for (int i = 0; i < ours.length; i++) {
            ours[i] = schemas.inline(mapper.readTree(SCHEMAS.get(i)));
            engines[i] = JsonSchemaFactory.getInstance(VersionFlag.V202012)
                    .getSchema(mapper.readTree(SCHEMAS.get(i)), config);
        }
        Random random = new Random(7);
        int valid = 0;
        long begin = System.nanoTime();
        for (int n = 0; n < REPLIES; n++) {
            String reply = reply(random);
            int i = n % ours.length;
            long start = System.nanoTime();
            Found found = AnswerReader.read(reply, ours[i], n % 5 == 0);
            assertThat(System.nanoTime() - start).as(reply).isLessThan(LONGEST_NANOS);
            if (found.valid()) {
                valid++;
                JsonNode again = JsonText.parse(found.data().toString());
                assertThat(again.equals(ReplyFuzzTest::compare, found.data()))
                        .as(reply)
                        .isTrue();
                assertThat(engines[i].validate(again)).as(reply).isEmpty();
                assertThat(found.errors()).isEmpty();
            } else {
                assertThat(found.errors()).as(reply).isNotEmpty().hasSizeLessThanOrEqualTo(Found.MAX_ERRORS);
            }
        }
        LoggerFactory.getLogger(getClass())
                .info("{} replies, {} valid, {} ms", REPLIES, valid, (System.nanoTime() - begin) / 1_000_000);
        assertThat(valid).isPositive();
    }

    /** 119E00 is written as 119, which is read as another kind of number. */
    private static int compare(JsonNode a, JsonNode b) {
        boolean same = a.isNumber() && b.isNumber() ? a.decimalValue().compareTo(b.decimalValue()) == 0 : a.equals(b);
        return same ? 0 : 1;
    }

    private static String reply(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> soup(random);
            case 1 -> noise(random);
            case 2 -> "So: " + mutated(random) + "\n" + soup(random);
            default -> mutated(random);
        };
    }

    private static String mutated(Random random) {
        StringBuilder text = new StringBuilder(Damage.SEEDS.get(random.nextInt(Damage.SEEDS.size())));
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, SOUP[random.nextInt(SOUP.length)]);
                default -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
            }
        }
        return text.toString();
    }

    private static String soup(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(60); i > 0; i--) {
            text.append(SOUP[random.nextInt(SOUP.length)]);
        }
        return text.toString();
    }

    private static String noise(Random random) {
        char[] text = new char[random.nextInt(200)];
        for (int i = 0; i < text.length; i++) {
            text[i] = (char) (random.nextInt(8) == 0 ? random.nextInt(65_536) : random.nextInt(128));
        }
        return new String(text);
    }
}
