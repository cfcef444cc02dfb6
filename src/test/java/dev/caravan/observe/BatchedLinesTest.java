package dev.caravan.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchedLinesTest {
    private final AtomicInteger flushes = new AtomicInteger();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8) {
        @Override
        public void flush() {
            flushes.incrementAndGet();
            super.flush();
        }
    };
    private final Clock clock = Clock.fixed(Instant.parse("2026-03-01T12:00:00.123Z"), ZoneOffset.UTC);

    private BatchedLines open() {
        return new BatchedLines(out, "yyyy-MM-dd'T'HH:mm:ss.SSS", " INFO access - ", clock);
    }

    private List<String> written() {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void aLineIsWrittenSoonWithTimeAndPrefix() {
        try (BatchedLines lines = open()) {
            lines.accept("id=1");

            await().until(() -> written().size() == 1);
            assertThat(written().get(0)).matches("2026-03-01T\\d\\d:\\d\\d:00\\.123 INFO access - id=1");
            lines.accept("id=2");
            await().until(() -> written().size() == 2);
        }
    }

    @Test
    void manyLinesKeepTheirOrderInFewWrites() {
        int count = 10_000;
        try (BatchedLines lines = open()) {
            IntStream.range(0, count).forEach(i -> lines.accept("id=" + i));
        }

        assertThat(written()).hasSize(count);
        assertThat(IntStream.range(0, count).allMatch(i -> written(i))).isTrue();
        assertThat(flushes.get()).isLessThan(count / 10);
    }

    private boolean written(int i) {
        return i % 1000 != 0 || written().get(i).endsWith("id=" + i);
    }

    @Test
    void whatWaitsAtTheEndIsWrittenAndSoIsWhatComesLater() {
        BatchedLines lines = open();
        lines.accept("last");
        lines.close();
        assertThat(written()).hasSize(1);

        lines.accept("later");
        assertThat(written()).hasSize(2).last().asString().endsWith("later");
    }
}
