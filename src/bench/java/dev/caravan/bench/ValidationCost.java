package dev.caravan.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.structured.AnswerReader;
import dev.caravan.structured.CompiledSchema;
import dev.caravan.structured.Schemas;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** What finding, mending and checking of answers costs: a line per case, {@code what|µs per KB|ratio to parsing}. */
public final class ValidationCost {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int LINES = 100;
    private static final int ROUNDS = 9;
    private static final long ROUND_NANOS = 300_000_000L;

    private interface Work {
        Object run() throws Exception;
    }

    private ValidationCost() {}

    public static void main(String[] args) throws Exception {
        Schemas schemas = Schemas.open(Path.of("nowhere"));
        CompiledSchema invoice = schemas.named("invoice");
        String schema = invoice.source().toString();
        String answer = answer();
        JsonNode data = MAPPER.readTree(answer);
        String prose = "Here it is:\n```json\n" + answer + "\n```\nThat is all {done}.";
        String damaged = answer.replace("]", ",]");
        int[] count = new int[1];

        double parseSchema = perKb(schema, () -> MAPPER.readTree(schema));
        double parse = perKb(answer, () -> MAPPER.readTree(answer));
        print("Jackson parses an answer", parse, parse);
        print(
                "a schema compiled, uncached",
                perKb(schema, () -> {
                    ObjectNode fresh = invoice.source().deepCopy();
                    return schemas.inline(fresh.put("title", "n" + count[0]++));
                }),
                parseSchema);
        print("a schema found in the cache", perKb(schema, () -> schemas.inline(invoice.source())), parseSchema);
        print("parsed data checked", perKb(answer, () -> invoice.check(data)), parse);
        print("a plain answer read and checked", perKb(answer, () -> valid(answer, invoice)), parse);
        print("an answer in prose and a fence", perKb(prose, () -> valid(prose, invoice)), parse);
        print("a damaged answer mended", perKb(damaged, () -> valid(damaged, invoice)), parse);
    }

    private static Object valid(String text, CompiledSchema schema) {
        if (!AnswerReader.read(text, schema, false).valid()) {
            throw new IllegalStateException("not valid");
        }
        return text;
    }

    private static double perKb(String text, Work work) throws Exception {
        double[] rounds = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            long calls = 0;
            while (System.nanoTime() - start < ROUND_NANOS) {
                if (work.run() == null) {
                    throw new IllegalStateException("nothing");
                }
                calls++;
            }
            rounds[i] = (System.nanoTime() - start) / 1000.0 / calls * 1024 / text.length();
        }
        // The first rounds warm up.
        double[] warm = Arrays.copyOfRange(rounds, 2, ROUNDS);
        Arrays.sort(warm);
        return warm[warm.length / 2];
    }

    private static void print(String what, double cost, double plain) {
        System.out.println(String.format(Locale.ROOT, "%s|%.2f|%.1f", what, cost, cost / plain));
    }

    private static String answer() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            lines.append(i == 0 ? "" : ", ")
                    .append("{\"description\": \"Item number ")
                    .append(i)
                    .append("\", \"quantity\": 2, \"unit_price\": 12.50}");
        }
        return "{\"number\": \"INV-7\", \"date\": \"2026-01-31\", \"currency\": \"EUR\", \"lines\": [" + lines
                + "], \"total\": 2500.00}";
    }
}
