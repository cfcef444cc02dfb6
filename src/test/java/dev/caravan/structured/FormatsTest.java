package dev.caravan.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatsTest {
    private static final Schemas SCHEMAS = Schemas.open(Path.of("nowhere"));
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @ParameterizedTest
    @CsvSource({
        "date, 2026-02-28, 2026-02-30",
        "date-time, 2026-02-28T10:00:00Z, 2026-02-28 10:00",
        "time, 10:00:00Z, 25:00:00Z",
        "duration, P1DT2H, 1 day",
        "email, a@example.com, a@",
        "hostname, a.example.com, -a.example.com",
        "ipv4, 192.0.2.1, 192.0.2.256",
        "ipv6, 2001:db8::1, 2001:db8::g",
        "uri, https://example.com/a?b#c, not a uri",
        "uri-reference, ../a, a b",
        "uuid, 123e4567-e89b-12d3-a456-426614174000, 123e4567",
        "regex, ^a+$, (",
        "json-pointer, /a~1b, a/b",
    })
    void format_isAssertedInEveryDraft(String format, String valid, String invalid) {
        for (Draft draft : Draft.values()) {
            ObjectNode schema =
                    MAPPER.createObjectNode().put("$schema", draft.address()).put("format", format);
            CompiledSchema compiled = SCHEMAS.inline(schema);

            assertThat(compiled.check(new TextNode(valid)))
                    .as(draft + " " + valid)
                    .isEmpty();
            assertThat(compiled.check(new TextNode(invalid)))
                    .as(draft + " " + invalid)
                    .singleElement()
                    .satisfies(error -> assertThat(error.keyword()).isEqualTo("format"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "date",
        "date-time",
        "time",
        "duration",
        "email",
        "idn-email",
        "hostname",
        "idn-hostname",
        "ipv4",
        "ipv6",
        "uri",
        "uri-reference",
        "iri",
        "iri-reference",
        "uri-template",
        "uuid",
        "regex",
        "json-pointer",
        "relative-json-pointer"
    })
    void longText_isRefusedSoon(String format) {
        CompiledSchema compiled = SCHEMAS.inline(MAPPER.createObjectNode().put("format", format));
        for (String part : new String[] {"a", "a.", "a-", "1:", "/a", "(", "{a}", "%41", "a@", "\u00e4", "(a*)"}) {
            long start = System.nanoTime();
            try {
                compiled.check(new TextNode(part.repeat(200_000)));
            } catch (dev.caravan.error.LlmException e) {
                assertThat(e.getMessage()).contains("cannot be checked");
            }
            assertThat(System.nanoTime() - start).as(part).isLessThan(15_000_000_000L);
        }
    }
}
