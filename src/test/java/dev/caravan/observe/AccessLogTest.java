package dev.caravan.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.chat.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AccessLogTest {
    record Call(String model, Usage usage, int attempts, Duration upstreamTime) implements CallFacts {}

    /** A call of a model outside the catalogue. */
    static CallFacts unknown(String id) {
        return new CallFacts() {
            @Override
            public String model() {
                return "unknown";
            }

            @Override
            public String unknownModel() {
                return id;
            }

            @Override
            public Usage usage() {
                return Usage.UNKNOWN;
            }

            @Override
            public int attempts() {
                return 1;
            }

            @Override
            public Duration upstreamTime() {
                return Duration.ZERO;
            }
        };
    }

    @Test
    void log_modelOutsideTheCatalogue() {
        assertThat(line(request("req_1", null, unknown("acme.big-v1:0 x=1")))).contains(" model=acme.big-v1:0_x=1 ");
    }

    private static String line(FinishedRequest request) {
        List<String> lines = new ArrayList<>();
        new AccessLog(lines::add).log(request);
        assertThat(lines).hasSize(1);
        return lines.get(0);
    }

    private static FinishedRequest file(String name) {
        return new FinishedRequest("job_1", "files", 200, null, null, name, Duration.ofMillis(840), null);
    }

    private static FinishedRequest request(String id, String code, CallFacts call) {
        return new FinishedRequest(id, "http", 200, code, call, null, Duration.ofMillis(840), null);
    }

    @Test
    void log_successfulCall() {
        CallFacts call = new Call("anthropic.claude", Usage.of(12L, 34L), 1, Duration.ZERO);

        assertThat(line(request("req_1", null, call)))
                .isEqualTo("id=req_1 door=http model=anthropic.claude status=200 in=12 out=34 attempts=1 ms=840");
    }

    /** A streamed call. */
    record Streamed(String model, Usage usage, int attempts, Duration upstreamTime, Duration firstPart)
            implements CallFacts {}

    @Test
    void log_timeToTheFirstPartOfAStream() {
        CallFacts call =
                new Streamed("m", Usage.of(12L, 34L), 1, Duration.ofMillis(800), Duration.ofNanos(120_900_000));

        assertThat(line(request("req_1", null, call))).endsWith(" ms=840 first=120");
        assertThat(line(request("req_1", "provider_error", call))).endsWith(" ms=840 first=120 code=provider_error");
    }

    @Test
    void log_metadataOfTheRequest() {
        CallFacts call = new CallFacts() {
            @Override
            public String model() {
                return "m";
            }

            @Override
            public Usage usage() {
                return Usage.UNKNOWN;
            }

            @Override
            public int attempts() {
                return 1;
            }

            @Override
            public Duration upstreamTime() {
                return Duration.ZERO;
            }

            @Override
            public Map<String, String> metadata() {
                return Map.of("team", "export status=500");
            }
        };

        assertThat(line(request("req_1", null, call))).endsWith(" ms=840 meta.team=export_status=500");
    }

    @Test
    void log_fileByItsExactName() {
        assertThat(line(file("sub dir/100% größe.txt")))
                .endsWith(" ms=840 file=sub%20dir/100%25%20gr%C3%B6%C3%9Fe.txt");
        assertThat(line(file("a\nid=b"))).endsWith(" file=a%0Aid=b");
        assertThat(line(file(""))).endsWith(" file=-");
    }

    @Test
    void log_fileIsCutBehindAWholeCharacterCode() {
        assertThat(line(file("a" + "ö".repeat(600)))).endsWith(" file=a" + "%C3%B6".repeat(170) + "%C3");
    }

    @Test
    void log_failureBeforeTheTrunk() {
        assertThat(line(request("req_1", "not_found", null)))
                .isEqualTo("id=req_1 door=http model=- status=200 in=- out=- attempts=0 ms=840 code=not_found");
    }

    @Property(tries = 200)
    void noValueForgesAFieldOrALine(@ForAll String text) {
        String line = line(new FinishedRequest(
                text,
                "http",
                200,
                text,
                new Call(text, Usage.UNKNOWN, 0, Duration.ZERO),
                text,
                Duration.ofMillis(840),
                null));

        assertThat(line.split(" ")).hasSize(10);
        assertThat(line.chars()).allMatch(c -> c >= ' ' && c < 0x7f);
    }
}
