package dev.caravan.trunk;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.Structured;
import dev.caravan.dialect.Problem;
import dev.caravan.error.LlmException;
import dev.caravan.format.FormatReply;
import dev.caravan.observe.StructuredAnswer.Result;
import dev.caravan.structured.CompiledSchema;
import dev.caravan.structured.Schemas;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;

/** The steps that only a request for a valid answer takes, in the order of the route. */
final class StructuredSteps {
    /** After these another question gets the same answer, or another's words in place of the model's. */
    private static final Set<StopReason> FINAL =
            EnumSet.of(StopReason.REFUSAL, StopReason.CONTENT_FILTERED, StopReason.GUARDRAIL_INTERVENED);

    private final Schemas schemas;

    StructuredSteps(Schemas schemas) {
        this.schemas = schemas;
    }

    /** All that is wrong with the schema is said here, before any call. */
    void compileSchema(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        LlmRequest request = call.request();
        Structured asked = request.structured();
        if (asked == null || asked.schema() == null && asked.schemaName() == null) {
            throw LlmException.invalid("schema: required (or schema_name).");
        }
        if (asked.schema() != null && asked.schemaName() != null) {
            throw LlmException.invalid("schema, schema_name: send one of them, not both.");
        }
        if (asked.repairs() < 0 || asked.repairs() > Structured.MAX_REPAIRS) {
            throw LlmException.invalid(
                    "max_repairs: must be between 0 and " + Structured.MAX_REPAIRS + ", not " + asked.repairs() + ".");
        }
        checkConversation(request);
        CompiledSchema schema =
                asked.schema() == null ? schemas.named(asked.schemaName()) : schemas.inline(asked.schema());
        call.structured(new StructuredCall(schema, asked.repairs()));
    }

    /** Why the schema of this name cannot be used; empty when it can, or when that was logged already. */
    JsonNode source(String name) {
        return schemas.source(name);
    }

    Optional<String> complaint(String name) {
        return schemas.complaint(name);
    }

    private static void checkConversation(LlmRequest request) {
        if (!request.tools().isEmpty() || request.toolChoice() != null) {
            throw LlmException.invalid("tools, tool_choice: not together with a schema in this version.");
        }
        List<Message> turns = request.messages().stream()
                .filter(message -> message.role() != Role.SYSTEM)
                .toList();
        if (!turns.isEmpty() && turns.get(turns.size() - 1).role() == Role.ASSISTANT) {
            throw LlmException.invalid("messages: the last message of a structured request must be the user's: the"
                    + " whole answer has to be valid, not the end of one.");
        }
    }

    /** Whether the model is to be asked. */
    boolean pending(Exchange exchange) {
        return TrunkCall.of(exchange).structured().pending();
    }

    /** Takes a valid answer; makes the next question of an invalid one, or the failure. */
    void checkAnswer(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        StructuredCall structured = call.structured();
        FormatReply reply = call.reply();
        ModelAnswer answer = read(call, structured);
        boolean refused = FINAL.contains(reply.stopReason()) && !isMasked(reply, answer);
        structured.answered(result(answer, refused));
        if (refused) {
            throw StructuredFailure.refused(call);
        }
        if (answer.truncated()) {
            throw StructuredFailure.truncated(call, answer);
        }
        if (answer.stopped()) {
            throw StructuredFailure.stopped(call);
        }
        if (answer.found().valid()) {
            structured.take(answer, reply);
        } else if (structured.repairsLeft()) {
            structured.sentBack(answer);
            call.request(ReAsk.of(structured.plan(), answer));
        } else {
            throw StructuredFailure.invalid(call, answer);
        }
    }

    /** A guardrail that only masks parts of an answer has the same stop reason as one that replaces it. */
    private static boolean isMasked(FormatReply reply, ModelAnswer answer) {
        return reply.stopReason() == StopReason.GUARDRAIL_INTERVENED
                && answer.found().valid()
                && !answer.found().repaired();
    }

    /** What goes wrong here comes after a paid call, too. */
    private static ModelAnswer read(TrunkCall call, StructuredCall structured) {
        try {
            return ModelAnswer.of(call.reply(), structured.plan(), structured.schema());
        } catch (RuntimeException e) {
            structured.answered(Result.INVALID);
            throw StructuredFailure.withPaid(Problem.visible(e).toBuilder(), call)
                    .attempts(call.attempts())
                    .build();
        }
    }

    private static Result result(ModelAnswer answer, boolean refused) {
        if (answer.truncated()) {
            return Result.TRUNCATED;
        }
        if (refused || answer.stopped() || !answer.found().valid()) {
            return Result.INVALID;
        }
        return answer.found().repaired() ? Result.REPAIRED : Result.VALID;
    }
}
