package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.error.LlmException;
import dev.caravan.error.SchemaViolation;
import dev.caravan.structured.Candidates.Finding;
import java.util.List;

/**
 * Finds the JSON in a model's answer that is valid against a schema: the whole text, in a fenced block or amid prose. Of
 * several valid values the last one counts, because models draft first and answer last. Sound JSON is preferred to mended.
 */
public final class AnswerReader {
    private static final String JSON = "json";

    private AnswerReader() {}

    /**
     * Reads an answer.
     *
     * @param truncated whether the answer was cut off: then nothing is mended, and nothing counts that stands before JSON
     *     that was cut off
     * @throws LlmException invalid_request when the schema takes too long to check
     */
    public static Found read(String text, CompiledSchema schema, boolean truncated) {
        Finding finding = Candidates.find(text, !truncated);
        if (truncated && finding.openEnd()) {
            return nothing("The JSON was cut off.");
        }
        if (finding.candidates().isEmpty()) {
            return nothing(finding.failure() == null ? "There is no JSON in the answer." : finding.failure());
        }
        return best(finding.candidates(), schema);
    }

    /**
     * Checks JSON that needs no finding, such as a tool call's input.
     *
     * @throws LlmException invalid_request when the schema takes too long to check
     */
    public static Found read(JsonNode data, CompiledSchema schema) {
        List<SchemaViolation> errors = schema.check(data);
        return errors.isEmpty() ? new Found(data, false, List.of()) : new Found(null, false, errors);
    }

    private static Found best(List<Candidate> candidates, CompiledSchema schema) {
        Budget budget = schema.budget();
        Candidate nearest = null;
        List<SchemaViolation> fewest = List.of();
        for (Candidate candidate : candidates) {
            List<SchemaViolation> errors = errors(candidate, schema, budget);
            if (errors.isEmpty()) {
                return new Found(candidate.data(), candidate.rank() == Candidate.Rank.MENDED, List.of());
            }
            if (nearest == null || nearer(candidate, errors, nearest, fewest)) {
                nearest = candidate;
                fewest = errors;
            }
        }
        return new Found(null, false, fewest);
    }

    private static boolean nearer(
            Candidate candidate, List<SchemaViolation> errors, Candidate than, List<SchemaViolation> fewest) {
        if ((candidate.data() == null) != (than.data() == null)) {
            return than.data() == null;
        }
        return candidate.rank() == than.rank() && errors.size() < fewest.size();
    }

    private static List<SchemaViolation> errors(Candidate candidate, CompiledSchema schema, Budget budget) {
        return candidate.data() == null
                ? List.of(new SchemaViolation("", JSON, "This is not sound JSON: " + candidate.complaint() + "."))
                : schema.check(candidate.data(), budget);
    }

    private static Found nothing(String why) {
        return new Found(null, false, List.of(new SchemaViolation("", JSON, why)));
    }
}
