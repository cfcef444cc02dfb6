package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.Tool;
import dev.caravan.format.ModelFormats;
import dev.caravan.model.Model;
import dev.caravan.model.Model.Capabilities;
import dev.caravan.model.ResolvedModel;
import dev.caravan.model.UnknownModels;
import dev.caravan.provider.bedrock.BedrockWire;
import dev.caravan.runtime.Cancellation;
import dev.caravan.runtime.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which answers are streamed, and by which call. */
class StreamChoiceTest {
    private static final LlmRequest WORDS = LlmRequest.ofPrompt("Hi").build();
    private static final LlmRequest TOOLS = LlmRequest.ofPrompt("Hi")
            .tools(List.of(new Tool("lookup", "Looks up", Json.object())))
            .build();
    private static final LlmRequest CALLED = LlmRequest.ofPrompt("Hi")
            .message(new Message(Role.ASSISTANT, List.of(new Block.ToolUse("t", "lookup", Json.object()))))
            .message(new Message(Role.USER, List.of(new Block.ToolResult("t", "3", false))))
            .build();

    private final DefaultCamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() throws Exception {
        context.close();
    }

    private Exchange exchange(LlmRequest request, Model model, boolean stream) {
        Exchange exchange = new DefaultExchange(context);
        TrunkCall call = new TrunkCall(
                "id", new Cancellation(), MessageBefore.of(exchange), Duration.ofSeconds(60), System::nanoTime);
        exchange.setProperty(ExchangeKeys.CALL, call);
        call.request(request);
        call.resolved(new ResolvedModel(model, model.id()), ModelFormats.of(model, request));
        if (stream) {
            call.outlet(new PartOutlet(new TestSink(), call.clock()));
        }
        return exchange;
    }

    /** A model of Converse. */
    private static Model able(boolean streaming, boolean streamingTools) {
        Model of = UnknownModels.of("acme.big-v1:0");
        return new Model(
                of.id(),
                of.aliases(),
                of.displayName(),
                of.vendor(),
                of.provider(),
                of.family(),
                of.kind(),
                of.format(),
                of.contextWindow(),
                of.maxOutputTokens(),
                of.released(),
                of.lifecycle(),
                of.prices(),
                new Capabilities(streaming, true, streamingTools, false, true, true, false, false),
                of.rules(),
                of.profiles(),
                of.profileOnly());
    }

    private boolean streamed(LlmRequest request, Model model) {
        return AttemptSteps.isStream(exchange(request, model, true));
    }

    @Test
    void aStream_isForModelsThatCan() {
        assertThat(streamed(WORDS, able(true, true))).isTrue();
        assertThat(streamed(WORDS, able(false, false))).isFalse();
        assertThat(AttemptSteps.isStream(exchange(WORDS, able(true, true), false)))
                .isFalse();
    }

    @Test
    void tools_areStreamedWhereConverseCan() {
        assertThat(streamed(TOOLS, able(true, true))).isTrue();
        assertThat(streamed(TOOLS, able(true, false))).isFalse();
        assertThat(streamed(CALLED, able(true, false))).isFalse();
        assertThat(streamed(WORDS, able(true, false))).isTrue();
    }

    @Test
    void theCall_isThatOfTheFormat() {
        assertThat(call(able(true, true)).operation()).isEqualTo(BedrockWire.Operation.CONVERSE_STREAM);
        assertThat(call(able(false, false)).operation()).isEqualTo(BedrockWire.Operation.CONVERSE);
        BedrockWire.Call invoke =
                call(TestTrunk.resolver().resolve("claude-3-haiku").model());
        assertThat(invoke.operation()).isEqualTo(BedrockWire.Operation.INVOKE_STREAM);
        assertThat(invoke.headers())
                .isEqualTo(Map.of("Content-Type", "application/json", "X-Amzn-Bedrock-Accept", "application/json"));
    }

    private BedrockWire.Call call(Model model) {
        Exchange exchange = exchange(WORDS.toBuilder().maxTokens(10).build(), model, true);
        AttemptSteps.writeFormat(exchange);
        AttemptSteps.beginCall(exchange);
        return exchange.getMessage().getBody(BedrockWire.Call.class);
    }
}
