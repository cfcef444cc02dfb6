package dev.caravan.trunk;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.Validation;
import dev.caravan.error.LlmException;
import dev.caravan.format.FormatReply;
import dev.caravan.observe.StructuredAnswer;
import dev.caravan.structured.CompiledSchema;
import java.util.ArrayList;
import java.util.List;

/** What a request for a valid answer has beside its {@link TrunkCall}. */
final class StructuredCall {
    private final CompiledSchema schema;
    private final int maxRepairs;
    private AnswerPlan plan;
    private LlmException refusal;
    private ModelAnswer sentBack;
    private FormatReply taken;
    private JsonNode data;
    private Validation validation;
    private String raw;
    private volatile List<StructuredAnswer> answers = List.of();

    /** @param maxRepairs times that an invalid answer is sent back */
    StructuredCall(CompiledSchema schema, int maxRepairs) {
        this.schema = schema;
        this.maxRepairs = maxRepairs;
    }

    CompiledSchema schema() {
        return schema;
    }

    int maxRepairs() {
        return maxRepairs;
    }

    AnswerPlan plan() {
        return plan;
    }

    void plan(AnswerPlan value) {
        this.plan = value;
        this.refusal = null;
    }

    /** By what the provider refused the schema of the plan; null when it did not. */
    LlmException refusal() {
        return refusal;
    }

    void refusal(LlmException value) {
        this.refusal = value;
    }

    /** The invalid answer that the question at hand sends back; null when it is the first question. */
    ModelAnswer sentBack() {
        return sentBack;
    }

    void sentBack(ModelAnswer value) {
        this.sentBack = value;
    }

    /** Notes the text of a whole answer. */
    void raw(String text) {
        raw = text;
    }

    /** Notes how far the text of an answer came that broke off. One without any leaves that of the answer before it. */
    void brokeOff(String text) {
        if (raw == null || !text.isEmpty()) {
            raw = text;
        }
    }

    /** Notes what an answer was worth. */
    void answered(StructuredAnswer.Result result) {
        List<StructuredAnswer> more = new ArrayList<>(answers);
        more.add(new StructuredAnswer(plan.mode(), result));
        answers = List.copyOf(more);
    }

    /** Takes an answer, which ends the asking. */
    void take(ModelAnswer answer, FormatReply reply) {
        taken = answer.taken(reply);
        data = answer.found().data();
        validation = new Validation(plan.mode(), answers.size(), answer.found().repaired());
    }

    /** Whether the model is to be asked, for the first time or again. */
    boolean pending() {
        return taken == null;
    }

    /** Whether an invalid answer may be sent back. */
    boolean repairsLeft() {
        return answers.size() <= maxRepairs;
    }

    /** The answers that the model gave so far. */
    List<StructuredAnswer> answers() {
        return answers;
    }

    /** Text of the last answer that had any; empty when none had, null before the first. */
    String raw() {
        return raw;
    }

    FormatReply taken() {
        return taken;
    }

    JsonNode data() {
        return data;
    }

    Validation validation() {
        return validation;
    }
}
