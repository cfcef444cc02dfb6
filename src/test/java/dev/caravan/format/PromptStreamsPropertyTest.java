package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Usage;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** A stream's reply is the one of the same answer in one piece, whatever the answer and wherever it is cut. */
class PromptStreamsPropertyTest {
    private static final List<String> FORMATS = List.of(
            "llama2-prompt",
            "llama3-prompt",
            "llama4-prompt",
            "mistral-prompt",
            "mistral-prompt-v2",
            "deepseek-prompt",
            "titan-text");

    record Told(boolean imported, String stopReason, Usage own, Usage metrics, boolean intervened) {
        PromptWire wire(String format) {
            String shape = PromptWire.shape(format);
            boolean importable = shape.equals("llama") || shape.equals("mistral");
            return new PromptWire(imported && importable ? "imported" : shape, stopReason, own, metrics, intervened);
        }
    }

    @Property(tries = 1500, edgeCases = EdgeCasesMode.NONE)
    void aStreamGivesTheReplyOfTheWholeBody(
            @ForAll("texts") String text,
            @ForAll("cuts") List<Integer> cuts,
            @ForAll("told") Told told,
            @ForAll("requests") LlmRequest request) {
        for (String format : FORMATS) {
            PromptWire wire = told.wire(format);
            List<ObjectNode> chunks = wire.chunks(PromptWire.cut(text, cuts));

            compare(format, request, wire.body(text), wire.metrics(), chunks);
            ModelFormat read = ModelFormats.named(format);
            StreamRun.assertSoFar(
                    read,
                    request,
                    FormatModels.of(read),
                    chunks.subList(0, (chunks.size() + 1) / 2).stream()
                            .map(chunk -> new StreamRun.Event("chunk", chunk))
                            .toList());
        }
    }

    private static void compare(
            String format, LlmRequest request, ObjectNode body, Usage counted, List<ObjectNode> chunks) {
        ModelFormat read = ModelFormats.named(format);
        Model model = FormatModels.of(read);
        StreamRun streamed = StreamRun.ofChunks(format, request, chunks);
        try {
            FormatReply whole = read.read(new WireReply(bytes(body), counted, request, model));

            assertThat(streamed.reply).as(format).isEqualTo(whole);
            assertThat(streamed.text()).as(format).isEqualTo(whole.text());
            assertThat(streamed.calls()).as(format).isEqualTo(calls(whole));
            if (whole.reasoning() != null) {
                assertThat(streamed.reasoning()).as(format).isEqualTo(whole.reasoning());
            } else if (!format.equals("deepseek-prompt")) {
                assertThat(streamed.reasoning()).as(format).isEmpty();
            }
        } catch (LlmException e) {
            assertThat(streamed.reply).as(format).isNull();
            assertThat(streamed.failure.getMessage()).as(format).isEqualTo(e.getMessage());
            assertThat(streamed.failure.usage()).as(format).isEqualTo(e.usage());
        }
    }

    /** With escapes, since UTF-8 cannot say a lone half of a surrogate pair. */
    private static byte[] bytes(ObjectNode body) {
        try {
            return Json.mapper()
                    .writer()
                    .with(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static List<JsonNode> calls(FormatReply reply) {
        return reply.toolCalls().stream().map(PromptStreamsPropertyTest::call).toList();
    }

    private static JsonNode call(Block.ToolUse use) {
        ObjectNode call = Json.object().put("id", use.id()).put("name", use.name());
        call.set("input", use.input());
        return call;
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of(
                        "Hello",
                        " world",
                        " ",
                        "\n",
                        "\u00A0",
                        "\u001C",
                        "é",
                        "🚀",
                        "\uD83D",
                        "\uDE80",
                        "\uFEFF",
                        "STOP",
                        "ST",
                        "STSTOP!",
                        "OP",
                        "aaab",
                        "</s>",
                        "</s",
                        "<",
                        "s>",
                        "<|eot_id|>",
                        "<|eot",
                        "_id|>",
                        "<|eom_id|>",
                        "<|end_of_text|>",
                        "<|eot|>",
                        "<|eom|>",
                        "<｜end▁of▁sentence｜>",
                        "<｜end▁",
                        "<think>",
                        "</think>",
                        "</thi",
                        "nk>",
                        "{\"name\": \"weather\", \"parameters\": {\"city\": \"Oslo\"}}",
                        "\n{\"name\": \"clock\", \"parameters\": {}}",
                        "\n[{\"name\": \"clock\", \"parameters\": null}]",
                        "<|python_tag|>",
                        "{",
                        "}",
                        "[",
                        ";")
                .list()
                .ofMaxSize(9)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.integers().between(0, 400).list().ofMaxSize(12);
    }

    @Provide
    Arbitrary<Told> told() {
        Arbitrary<String> words = Arbitraries.of(
                        "stop", "length", "content_filter", "FINISH", "LENGTH", "STOP_CRITERIA_MET", "unheard of")
                .injectNull(0.1);
        return Combinators.combine(Arbitraries.of(true, false), words, usages(), usages(), rarely())
                .as(Told::new);
    }

    private static Arbitrary<Boolean> rarely() {
        return Arbitraries.frequency(Tuple.of(6, false), Tuple.of(1, true));
    }

    private static Arbitrary<Usage> usages() {
        Arbitrary<Long> count = Arbitraries.longs().between(0, 100_000).injectNull(0.3);
        return Combinators.combine(count, count, count, count).as(Usage::new);
    }

    @Provide
    Arbitrary<LlmRequest> requests() {
        Arbitrary<List<String>> stops = Arbitraries.of("STOP", "TS", "P!", "aab", "a", "STSTOP", "{", " ", "🚀", "</")
                .list()
                .ofMaxSize(3);
        return Combinators.combine(stops, Arbitraries.of(true, false)).as((stop, tools) -> {
            LlmRequest.Builder request = tools
                    ? ToolRequests.offering(null, ToolRequests.WEATHER, ToolRequests.CLOCK)
                    : LlmRequest.ofPrompt("Hi");
            return request.stop(stop).build();
        });
    }
}
