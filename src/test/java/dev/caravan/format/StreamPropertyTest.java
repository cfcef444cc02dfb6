package dev.caravan.format;

import static dev.caravan.format.ToolRequests.WEATHER;
import static dev.caravan.format.ToolRequests.offering;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Usage;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Wherever an answer is cut into events, its parts and its reply are what the reading of it in one piece gives. */
class StreamPropertyTest {
    private static final LlmRequest PLAIN = LlmRequest.ofPrompt("Hello").build();
    private static final LlmRequest OFFERING = offering(null, WEATHER).build();
    private static final List<Model> CHAT = List.of(
            ChatModels.GPT_OSS,
            ChatModels.QWEN_32B,
            ChatModels.QWEN_CODER,
            ChatModels.DEEPSEEK,
            ChatModels.MAGISTRAL,
            ChatModels.GEMMA,
            ChatModels.withTags(ChatModels.GPT_OSS, "<think>", "</think>"));

    private record Call(String id, String name, JsonNode input) {}

    /** An answer that each family says in its own way. */
    private record Said(List<String> reasoning, List<String> texts, List<Call> calls, int stop, boolean counts) {}

    @Property(tries = 600, edgeCases = EdgeCasesMode.NONE)
    void anthropic(@ForAll("answers") Said said, @ForAll long seed) {
        ObjectNode body = Json.object();
        ArrayNode content = body.putArray("content");
        for (String thought : said.reasoning()) {
            content.addObject().put("type", "thinking").put("thinking", thought).put("signature", "Eq");
            content.addObject().put("type", "redacted_thinking").put("data", "AA");
        }
        said.texts().forEach(text -> content.addObject().put("type", "text").put("text", text));
        for (Call call : said.calls()) {
            ObjectNode use = content.addObject().put("type", "tool_use");
            use.put("id", call.id()).put("name", call.name()).set("input", call.input());
        }
        body.put(
                "stop_reason",
                List.of("end_turn", "max_tokens", "tool_use", "new_word").get(said.stop()));
        if (said.counts()) {
            ObjectNode usage = body.putObject("usage").put("input_tokens", 12).put("output_tokens", 34);
            usage.put("cache_read_input_tokens", 2);
        }
        same(new AnthropicMessages(), PLAIN, ToolRequests.model("claude-3-haiku"), body, seed);
    }

    @Property(tries = 900, edgeCases = EdgeCasesMode.NONE)
    void converseAndNova(
            @ForAll("answers") Said said, @ForAll boolean offering, @ForAll boolean nova, @ForAll long seed) {
        ObjectNode body = Json.object();
        ArrayNode content = body.putObject("output")
                .putObject("message")
                .put("role", "assistant")
                .putArray("content");
        for (String thought : said.reasoning()) {
            content.addObject()
                    .putObject("reasoningContent")
                    .putObject("reasoningText")
                    .put("text", thought)
                    .put("signature", "Eq");
        }
        said.texts().forEach(text -> content.addObject().put("text", text));
        for (Call call : said.calls()) {
            ObjectNode use = content.addObject().putObject("toolUse");
            use.put("toolUseId", call.id()).put("name", call.name()).set("input", call.input());
        }
        body.put(
                "stopReason",
                List.of("end_turn", "max_tokens", "tool_use", "malformed_tool_use")
                        .get(said.stop()));
        if (said.counts()) {
            ObjectNode usage = body.putObject("usage").put("inputTokens", 12).put("outputTokens", 34);
            usage.put(nova ? "cacheReadInputTokenCount" : "cacheReadInputTokens", 2);
        }
        same(
                nova ? new NovaMessages() : new Converse(),
                offering ? OFFERING : PLAIN,
                ToolRequests.model("nova-lite"),
                body,
                seed);
    }

    @Property(tries = 1200, edgeCases = EdgeCasesMode.NONE)
    void chat(
            @ForAll("answers") Said said,
            @ForAll("chatModels") Model model,
            @ForAll("manners") String manner,
            @ForAll boolean ids,
            @ForAll long seed) {
        ObjectNode body = Json.object();
        ObjectNode choice = body.putArray("choices").addObject();
        ObjectNode message = choice.putObject("message");
        message.put("content", String.join("", said.texts()));
        if (manner.equals("parts")) {
            ArrayNode parts = message.putArray("content");
            said.reasoning()
                    .forEach(text -> parts.addObject().put("type", "thinking").put("thinking", text));
            said.texts().forEach(text -> parts.addObject().put("type", "text").put("text", text));
        } else if (!manner.equals("none")) {
            message.put(manner, String.join("", said.reasoning()));
        }
        for (Call call : said.calls()) {
            ObjectNode node = message.withArray("tool_calls").addObject();
            if (ids || call.input().isEmpty()) {
                node.put("id", call.id());
            }
            ObjectNode function = node.putObject("function").put("name", call.name());
            function.put(
                    "arguments",
                    call.input().isTextual()
                            ? call.input().textValue()
                            : call.input().toString());
        }
        if (said.texts().isEmpty() && seed % 2 == 0) {
            message.put("refusal", "I cannot 🚀 do that");
        }
        ModelFormat format = seed % 3 == 0 ? new MistralChat() : seed % 3 == 1 ? new JambaChat() : new OpenAiChat();
        choice.put(
                format instanceof MistralChat ? "stop_reason" : "finish_reason",
                List.of("stop", "length", "tool_calls", "content_filter").get(said.stop()));
        if (said.counts()) {
            body.putObject("usage").put("prompt_tokens", 12).put("completion_tokens", 34);
        }
        same(format, PLAIN, model, body, seed);
    }

    @Property(tries = 600, edgeCases = EdgeCasesMode.NONE)
    void cohere(@ForAll("answers") Said said, @ForAll long seed) {
        ObjectNode body = Json.object().put("text", String.join("", said.texts()));
        body.put(
                "finish_reason",
                List.of("COMPLETE", "MAX_TOKENS", "complete", "ERROR_TOXIC").get(said.stop()));
        for (Call call : said.calls()) {
            body.withArray("tool_calls").addObject().put("name", call.name()).set("parameters", call.input());
        }
        if (said.counts()) {
            body.putObject("meta")
                    .putObject("billed_units")
                    .put("input_tokens", 12)
                    .put("output_tokens", 34);
        }
        same(new CohereChat(), PLAIN, ChatModels.COMMAND_R, body, seed);
    }

    private static void same(ModelFormat format, LlmRequest request, Model model, JsonNode body, long seed) {
        StreamCutter cutter = new StreamCutter(seed);
        List<StreamRun.Event> events = cutter.cut(format.name(), body);
        StreamRun run = StreamRun.of(format, request, model, events);
        FormatReply unary = null;
        try {
            unary = format.read(new WireReply(StreamRun.bytes(body), Usage.UNKNOWN, request, model));
        } catch (LlmException refused) {
            assertThat(run.failure).isNotNull();
            assertThat(run.failure.getMessage()).isEqualTo(refused.getMessage());
            assertThat(run.failure.usage()).isEqualTo(refused.usage());
        }
        if (unary != null) {
            assertThat(run.failure).isNull();
            assertThat(run.ended).isTrue();
            assertThat(run.reply).isEqualTo(unary);
            run.assertPartsAreTheReply();
        }
        StreamRun.assertSoFar(format, request, model, events.subList(0, cutter.number(events.size() + 1)));
        StreamRun spoiled = StreamRun.of(format, request, model, cutter.spoiled(events));
        if (spoiled.failure != null) {
            assertThat(spoiled.failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        } else {
            spoiled.assertPartsAreTheReply();
        }
    }

    @Provide
    Arbitrary<Model> chatModels() {
        return Arbitraries.of(CHAT);
    }

    @Provide
    Arbitrary<String> manners() {
        return Arbitraries.of("none", "reasoning_content", "reasoning", "parts");
    }

    @Provide
    Arbitrary<Said> answers() {
        Arbitrary<String> words = Arbitraries.frequency(
                        tuple(6, "a"),
                        tuple(3, " "),
                        tuple(2, "\n"),
                        tuple(2, "🚀"),
                        tuple(1, "\uD83D"),
                        tuple(1, "\uDE80"),
                        tuple(1, "<"),
                        tuple(1, "<think>"),
                        tuple(1, "</think>"),
                        tuple(1, "<thinking>"),
                        tuple(1, "</thinking>"),
                        tuple(1, "<reasoning>"),
                        tuple(1, "</reasoning>"),
                        tuple(2, "Hello there"))
                .list()
                .ofMaxSize(8)
                .map(list -> String.join("", list));
        Arbitrary<JsonNode> inputs = Arbitraries.of(
                        "{}",
                        "{\"city\":\"Oslo\"}",
                        "{\"a\":{\"b\":[1.50,{\"c\":\"}\\\"{\"}],\"d\":null},\"e\":\"🚀\"}",
                        "{\"k\\\\\":\"\\\\\"}",
                        "[1]",
                        "\"half {\"",
                        "{\"half\":\"\\ud83d\"}",
                        "7")
                .map(StreamRun::parsed);
        Arbitrary<Call> call = Combinators.combine(Arbitraries.integers().between(1, 99), inputs)
                .as((number, input) -> new Call("", number % 2 == 0 ? "weather" : "clock", input));
        Arbitrary<List<Call>> calls = call.list().ofMaxSize(3).map(StreamPropertyTest::numbered);
        return Combinators.combine(
                        words.list().ofMaxSize(2),
                        words.list().ofMaxSize(3),
                        calls,
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of(true, false))
                .as(Said::new);
    }

    private static net.jqwik.api.Tuple.Tuple2<Integer, String> tuple(int weight, String text) {
        return net.jqwik.api.Tuple.of(weight, text);
    }

    private static List<Call> numbered(List<Call> calls) {
        List<Call> numbered = new ArrayList<>();
        for (Call call : calls) {
            numbered.add(new Call("call_" + (numbered.size() + 1), call.name(), call.input()));
        }
        return numbered;
    }
}
