package dev.caravan.emulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Answerer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.aws.Authenticator;
import dev.caravan.emulator.aws.AwsErrorType;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.emulator.aws.HttpCall;
import dev.caravan.emulator.family.Families;
import dev.caravan.emulator.family.FamilyEmulator;
import dev.caravan.emulator.family.InvokeParameters;
import dev.caravan.emulator.misbehave.Directive;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Bedrock's operations. A call is checked in the service's order: caller, model id, the model's state, JSON, the
 * body's schema, the model's rules, and last what takes the place of a quota here: the misbehaviour that was asked
 * for. Counting tokens misbehaves by script only.
 */
final class RuntimeApi {
    private static final int NOT_IMPLEMENTED = 501;
    private static final byte[] NO_JSON = "{\"content\": [".getBytes(StandardCharsets.UTF_8);
    private final Authenticator authenticator;
    private final ModelIndex models;
    private final Misbehaviour misbehaviour;
    private final StreamAnswers streams;
    private final Duration latency;

    RuntimeApi(
            Authenticator authenticator,
            ModelIndex models,
            Misbehaviour misbehaviour,
            StreamAnswers streams,
            Duration latency) {
        this.authenticator = authenticator;
        this.models = models;
        this.misbehaviour = misbehaviour;
        this.streams = streams;
        this.latency = latency;
    }

    /** @throws AwsFailure when the call is refused */
    HttpAnswer handle(HttpCall call) {
        ModelPath path = ModelPath.parse(call.rawPath())
                .filter(found -> "POST".equals(call.method()))
                .orElseThrow(() -> AwsFailure.of(AwsErrorType.UNKNOWN_OPERATION));
        authenticator.check(call);
        if (!path.operation().served()) {
            throw AwsFailure.of(
                            AwsErrorType.UNKNOWN_OPERATION,
                            "The embedded Bedrock does not serve "
                                    + path.operation().awsName() + ".")
                    .withStatus(NOT_IMPLEMENTED);
        }
        return switch (path.operation()) {
            case COUNT_TOKENS -> countTokens(call, models.find(path.modelId()));
            case CONVERSE, CONVERSE_STREAM -> converse(call, toRun(path), path.operation());
            default -> invoke(call, toRun(path), path.operation());
        };
    }

    private Model toRun(ModelPath path) {
        Model model = models.toRun(path.modelId());
        if (path.operation().streams() && !model.capabilities().streaming()) {
            throw AwsFailure.validation("The model is unsupported for streaming.");
        }
        return model;
    }

    /** Reads a body that must be JSON. */
    static JsonNode parse(byte[] body) {
        try {
            JsonNode tree = Json.read(body);
            requireUnicode(tree);
            return tree;
        } catch (JsonProcessingException e) {
            throw AwsFailure.of(AwsErrorType.VALIDATION);
        }
    }

    /** Half a surrogate pair, which an escape can spell, cannot be given back as UTF-8. */
    private static void requireUnicode(JsonNode node) {
        if (node.isTextual() && Texts.loneSurrogate(node.textValue(), 0) >= 0) {
            throw AwsFailure.of(AwsErrorType.VALIDATION);
        }
        node.forEach(RuntimeApi::requireUnicode);
    }

    private HttpAnswer invoke(HttpCall call, Model model, Operation operation) {
        InvokeParameters parameters = InvokeParameters.read(call);
        JsonNode body = parse(call.body());
        parameters.checkGuardrail(body);
        HttpAnswer answer = run(body, model, familyOf(model, body), operation);
        return answer.status() == 200 ? answer.plusHeaders(parameters.applied()) : answer;
    }

    private HttpAnswer converse(HttpCall call, Model model, Operation operation) {
        return run(parse(call.body()), model, Families.converse(), operation);
    }

    private HttpAnswer run(JsonNode body, Model model, FamilyEmulator family, Operation operation) {
        boolean streamed = operation.streams();
        Conversation conversation = streamed ? family.readForStream(body, model) : family.read(body, model);
        Directive directive = misbehaviour.scripted().orElseGet(() -> misbehaviour.prompted(conversation, streamed));
        Duration took = latency.plus(directive.delay());
        return misbehaved(directive, streamed, () -> {
            if (streamed) {
                return streams.answer(family, conversation, model, directive, operation, took)
                        .withDelay(latency);
            }
            Answer answer = Answerer.answer(conversation, model, directive);
            HttpAnswer reply = HttpAnswer.json(200, family.write(answer, conversation, model));
            // Converse counts in its body, not in headers.
            return (operation == Operation.INVOKE
                            ? reply.withHeaders(counts(conversation, answer, model, took))
                            : reply)
                    .withDelay(latency);
        });
    }

    private HttpAnswer countTokens(HttpCall call, Model model) {
        long tokens = TokenCount.count(
                parse(call.body()),
                body -> familyOf(model, body).read(body, model),
                body -> Families.converse().read(body, model));
        Directive directive = misbehaviour.scripted().orElse(Directive.NONE);
        return misbehaved(
                directive,
                false,
                () -> HttpAnswer.json(
                        200, directive.empty() ? Json.object() : Json.object().put("inputTokens", tokens)));
    }

    private static FamilyEmulator familyOf(Model model, JsonNode body) {
        if (model.kind() == Model.Kind.EMBEDDING) {
            throw AwsFailure.validation("The embedded Bedrock does not make embeddings in this version; " + model.id()
                    + " is a model for embeddings.");
        }
        return Families.of(model.format())
                .map(family -> family.forBody(body, model))
                .orElseThrow(() -> AwsFailure.validation("The embedded Bedrock does not speak " + model.format()
                        + ", the native format of " + model.id() + "."));
    }

    private static HttpAnswer misbehaved(Directive directive, boolean streamed, Supplier<HttpAnswer> proper) {
        HttpAnswer answer;
        if (directive.reset()) {
            answer = HttpAnswer.connectionReset();
        } else if (directive.error().isPresent() && !(streamed && directive.failsInStream())) {
            answer = HttpAnswer.error(directive.error().get());
        } else {
            answer = proper.get();
        }
        if (directive.malformed() && answer.status() == 200 && !streamed) {
            answer = answer.withBody(NO_JSON);
        }
        return answer.withDelay(answer.delay().plus(directive.delay()));
    }

    private static Map<String, String> counts(Conversation conversation, Answer answer, Model model, Duration took) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Amzn-Bedrock-Input-Token-Count", Long.toString(conversation.inputTokens()));
        headers.put("X-Amzn-Bedrock-Output-Token-Count", Long.toString(answer.outputTokens()));
        if (model.capabilities().promptCaching()) {
            headers.put("X-Amzn-Bedrock-Cache-Read-Input-Token-Count", "0");
            headers.put("X-Amzn-Bedrock-Cache-Write-Input-Token-Count", "0");
        }
        headers.put("X-Amzn-Bedrock-Invocation-Latency", Long.toString(Math.max(1, took.toMillis())));
        return headers;
    }
}
