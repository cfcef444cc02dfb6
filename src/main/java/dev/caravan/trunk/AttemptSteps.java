package dev.caravan.trunk;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.format.FormatReply;
import dev.caravan.format.ModelFormat;
import dev.caravan.format.WireReply;
import dev.caravan.model.Model;
import dev.caravan.provider.bedrock.BedrockProvider;
import dev.caravan.provider.bedrock.BedrockWire;
import dev.caravan.runtime.Cancellation;
import dev.caravan.runtime.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** The plain steps of one attempt, in the order of the route. */
final class AttemptSteps {
    private static final String JSON = "application/json";
    private static final String INPUT_COUNT = "X-Amzn-Bedrock-Input-Token-Count";
    private static final String OUTPUT_COUNT = "X-Amzn-Bedrock-Output-Token-Count";
    private static final String CACHE_READ_COUNT = "X-Amzn-Bedrock-Cache-Read-Input-Token-Count";
    private static final String CACHE_WRITE_COUNT = "X-Amzn-Bedrock-Cache-Write-Input-Token-Count";
    private static final int MAX_COUNT_DIGITS = 12;

    private AttemptSteps() {}

    /** No further attempt for a caller who has gone, in a stop that ended its wait, or when the time is up. */
    static void requireWanted(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        call.clock().upstreamEnds();
        call.clock().limitWaitEnds();
        if (call.cancellation().isCancelled()) {
            throw notWanted(call.cancellation());
        }
        if (call.place() != null && call.place().turnedAway()) {
            throw LlmException.of(ErrorKind.OVERLOADED, "Caravan is stopping: the call waits for the limit no longer.");
        }
        if (call.clock().remaining().toMillis() <= 0) {
            throw timedOut();
        }
    }

    static LlmException notWanted(Cancellation cancellation) {
        return LlmException.of(ErrorKind.OVERLOADED, cancellation.words());
    }

    private static LlmException timedOut() {
        return LlmException.of(
                ErrorKind.PROVIDER_TIMEOUT, "The request took longer than caravan.timeout.total allows.");
    }

    /** Whether the answer is streamed. A model that cannot do so is asked for it in one piece. */
    static boolean isStream(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        if (call.outlet() == null) {
            return false;
        }
        Model.Capabilities able = call.resolved().model().capabilities();
        return able.streaming() && (able.streamingTools() || !isConverse(exchange) || !speaksOfTools(call.request()));
    }

    private static boolean speaksOfTools(LlmRequest request) {
        return !request.tools().isEmpty()
                || request.messages().stream()
                        .flatMap(message -> message.content().stream())
                        .anyMatch(block -> block instanceof Block.ToolUse || block instanceof Block.ToolResult);
    }

    /** Whether the call goes over the wire as Converse, which the aws-bedrock component cannot pass through raw. */
    static boolean isConverse(Exchange exchange) {
        return TrunkCall.of(exchange).format().operation() == ModelFormat.Operation.CONVERSE;
    }

    /**
     * The body in the request's format: as the request that the aws-bedrock component takes in POJO mode, or as a call
     * of the wire.
     */
    static void writeFormat(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        byte[] body = call.format().write(call.request(), call.resolved().model());
        boolean converse = isConverse(exchange);
        Object out;
        if (isStream(exchange)) {
            out = converse
                    ? wireCall(call, BedrockWire.Operation.CONVERSE_STREAM, Map.of("Content-Type", JSON), body)
                    : wireCall(call, BedrockWire.Operation.INVOKE_STREAM, invokeStreamHeaders(call.request()), body);
        } else {
            out = converse
                    ? wireCall(call, BedrockWire.Operation.CONVERSE, Map.of("Content-Type", JSON, "Accept", JSON), body)
                    : invokeModel(call, body);
        }
        exchange.getMessage().setBody(out);
    }

    private static BedrockWire.Call wireCall(
            TrunkCall call, BedrockWire.Operation operation, Map<String, String> headers, byte[] body) {
        return new BedrockWire.Call(
                operation, call.resolved().callId(), headers, body, call.clock().remaining(), call.cancellation());
    }

    /** The operation does not look at {@code Accept} (botocore model of bedrock-runtime). */
    private static Map<String, String> invokeStreamHeaders(LlmRequest request) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", JSON);
        headers.put("X-Amzn-Bedrock-Accept", JSON);
        String metadata = metadata(request);
        if (metadata != null) {
            headers.put("X-Amzn-Bedrock-Request-Metadata", metadata);
        }
        return headers;
    }

    private static InvokeModelRequest invokeModel(TrunkCall call, byte[] body) {
        return InvokeModelRequest.builder()
                .modelId(call.resolved().callId())
                .contentType(JSON)
                .accept(JSON)
                .body(SdkBytes.fromByteArrayUnsafe(body))
                .requestMetadata(metadata(call.request()))
                .overrideConfiguration(options -> {
                    options.apiCallTimeout(call.clock().remaining());
                    options.putExecutionAttribute(BedrockProvider.CANCELLATION, call.cancellation());
                })
                .build();
    }

    /** The JSON text of the member's header; null for none. */
    private static String metadata(LlmRequest request) {
        return request.metadata().isEmpty()
                ? null
                : Json.mapper().valueToTree(request.metadata()).toString();
    }

    /**
     * Counts what is about to be paid for. The component passes a body of another type through without a call and
     * without a word, so the type is checked here.
     */
    static void beginCall(Exchange exchange) {
        Class<?> expected =
                isStream(exchange) || isConverse(exchange) ? BedrockWire.Call.class : InvokeModelRequest.class;
        if (!expected.isInstance(exchange.getMessage().getBody())) {
            throw new IllegalStateException("the body before the paid call is not of " + expected);
        }
        TrunkCall call = TrunkCall.of(exchange);
        call.countAttempt();
        call.clock().callBegins();
    }

    /** Reads the reply, and gives out what its caller streams and has not got yet. */
    static void readReply(Exchange exchange) {
        TrunkCall call = TrunkCall.of(exchange);
        call.clock().upstreamEnds();
        Object answer = exchange.getMessage().getBody();
        if (isStream(exchange)) {
            if (!(answer instanceof AnswerReading reading)) {
                throw notItsReply();
            }
            read(call, reading.usage(), reading::reply, reading::soFar);
            return;
        }
        if (answer instanceof BedrockWire.Reply reply && isConverse(exchange)) {
            // Converse counts in its body.
            read(call, reply.body(), Usage.UNKNOWN);
        } else if (answer instanceof InvokeModelResponse response && !isConverse(exchange)) {
            read(call, response.body().asByteArrayUnsafe(), counted(response.sdkHttpResponse()));
        } else {
            throw notItsReply();
        }
        if (call.outlet() != null) {
            call.answerBegins();
            call.outlet().parts(call.reply());
        }
    }

    private static IllegalStateException notItsReply() {
        return new IllegalStateException("the body after the paid call is not its reply");
    }

    /** Books a reply of Converse that nobody can go on with. */
    static void book(TrunkCall call, BedrockWire.Reply reply) {
        try {
            // Converse counts in its body.
            read(call, reply.body(), Usage.UNKNOWN);
        } catch (LlmException e) {
            // A reply that cannot be read is booked, too.
        }
    }

    private static void read(TrunkCall call, byte[] body, Usage counted) {
        WireReply reply =
                new WireReply(body, counted, call.request(), call.resolved().model());
        read(call, counted, () -> call.format().read(reply), () -> null);
    }

    /** A reply that cannot be used was paid for, too. */
    private static void read(
            TrunkCall call, Usage counted, Supplier<FormatReply> reading, Supplier<FormatReply> soFar) {
        try {
            call.reply(reading.get());
        } catch (RuntimeException e) {
            paidInVain(call, e, counted, soFar.get());
            throw e;
        }
        StructuredCall structured = call.structured();
        if (structured != null) {
            // Whatever goes wrong from here on, the caller gets to see what was paid for.
            structured.raw(ModelAnswer.raw(call.reply(), structured.plan()));
        }
    }

    /**
     * Books a call that was answered and gave no reply.
     *
     * @param soFar what there is of the reply, or null
     */
    static void paidInVain(TrunkCall call, RuntimeException failure, Usage counted, FormatReply soFar) {
        call.paid(failure instanceof LlmException known && known.usage() != null ? known.usage() : counted);
        StructuredCall structured = call.structured();
        if (structured != null) {
            structured.brokeOff(soFar == null ? "" : ModelAnswer.raw(soFar, structured.plan()));
        }
    }

    private static Usage counted(SdkHttpResponse response) {
        return response == null
                ? Usage.UNKNOWN
                : new Usage(
                        count(response, INPUT_COUNT),
                        count(response, OUTPUT_COUNT),
                        count(response, CACHE_READ_COUNT),
                        count(response, CACHE_WRITE_COUNT));
    }

    private static Long count(SdkHttpResponse response, String header) {
        String digits = response.firstMatchingHeader(header).orElse("");
        if (digits.isEmpty() || digits.length() > MAX_COUNT_DIGITS) {
            return null;
        }
        long count = 0;
        for (int i = 0; i < digits.length(); i++) {
            char digit = digits.charAt(i);
            if (digit < '0' || digit > '9') {
                return null;
            }
            count = 10 * count + digit - '0';
        }
        return count;
    }
}
