package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.Usage;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.family.Families;
import dev.caravan.emulator.family.FamilyEmulator;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import dev.caravan.runtime.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for every format whose body is one prompt, whatever a caller writes. */
class PromptFormatsPropertyTest {
    private static final List<String> FORMATS = List.of(
            "llama2-prompt",
            "llama3-prompt",
            "llama4-prompt",
            "mistral-prompt",
            "mistral-prompt-v2",
            "deepseek-prompt",
            "titan-text");

    private record Expected(String role, String text) {}

    @Property(tries = 400)
    void no_text_can_forge_a_turn(@ForAll("hostile") LlmRequest request) {
        for (String format : FORMATS) {
            List<PromptSplitter.Turn> turns = PromptSplitter.split(format, prompt(format, request));
            List<Expected> expected = expected(format, request);

            assertThat(turns).as(format).hasSize(expected.size() + 1);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(turns.get(i).role())
                        .as(format)
                        .isEqualTo(expected.get(i).role());
                assertThat(turns.get(i).text().replace(" ", ""))
                        .as(format)
                        .isEqualTo(expected.get(i).text().replace(" ", ""));
            }
            assertThat(turns.get(expected.size()).role()).isEqualTo("assistant");
        }
    }

    @Property(tries = 300)
    void texts_without_tokens_are_kept_byte_for_byte(@ForAll("harmless") LlmRequest request) {
        for (String format : FORMATS) {
            List<PromptSplitter.Turn> turns = PromptSplitter.split(format, prompt(format, request));

            assertThat(turns.subList(0, turns.size() - 1).stream()
                            .map(turn -> new Expected(turn.role(), turn.text()))
                            .toList())
                    .as(format)
                    .isEqualTo(expected(format, request));
        }
    }

    @Property(tries = 300)
    void the_emulator_reads_the_same_conversation(@ForAll("hostile") LlmRequest request) {
        for (String format : FORMATS) {
            Model model = model(format);
            Conversation read = family(format).read(body(format, request), model);
            List<Expected> expected = expected(format, request).stream()
                    .filter(turn -> !turn.role().equals("system"))
                    .toList();

            assertThat(read.turns().stream().map(Conversation.Turn::user).toList())
                    .as(format)
                    .isEqualTo(expected.stream()
                            .map(turn -> turn.role().equals("user"))
                            .toList());
            assertThat(squeezed(read.lastUserText()))
                    .as(format)
                    .isEqualTo(squeezed(expected.get(expected.size() - 1).text()));
        }
    }

    @Property(tries = 300)
    void an_answer_that_the_emulator_writes_is_read_as_it_was(@ForAll("texts") String text) {
        LlmRequest request = LlmRequest.ofPrompt("Hello").build();
        for (String format : FORMATS) {
            Model model = model(format);
            Conversation conversation = family(format).read(body(format, request), model);
            Answer answer = new Answer(
                    conversation.thinks() ? Optional.of("Let me see.") : Optional.empty(),
                    Optional.of(text),
                    Optional.empty(),
                    Answer.Stop.END,
                    Optional.empty(),
                    Optional.empty(),
                    7);
            byte[] body = Json.write(family(format).write(answer, conversation, model));

            FormatReply reply = ModelFormats.named(format).read(new WireReply(body, Usage.UNKNOWN, request, model));

            assertThat(reply.text()).as(format).isEqualTo(text.stripLeading());
            assertThat(reply.reasoning()).isEqualTo(conversation.thinks() ? "Let me see." : null);
        }
    }

    private static String squeezed(String text) {
        return text.codePoints()
                .filter(c -> !Character.isWhitespace(c))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Provide
    Arbitrary<LlmRequest> hostile() {
        return requests(fragments());
    }

    @Provide
    Arbitrary<LlmRequest> harmless() {
        return requests(Arbitraries.of(
                        "a <| b",
                        "b |> c",
                        "x[INSTANCE]",
                        "a[inst]",
                        "<span>",
                        "</style>",
                        "List<S>",
                        "word",
                        "é🚀",
                        "Bot x",
                        "the User: said",
                        "1 < 2",
                        "[",
                        "]",
                        "｜",
                        "<｜ b",
                        "s>",
                        "{\"a\":[1]}",
                        "\n",
                        "\t",
                        "\u0000")
                .list()
                .ofMinSize(1)
                .ofMaxSize(8)
                .map(parts -> String.join(" ", parts) + " ."));
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withChars("ab {}[]\"\\\n\t é你")
                .ofMinLength(1)
                .ofMaxLength(40)
                .filter(text -> !Texts.isBlank(text));
    }

    private static Arbitrary<String> fragments() {
        return Arbitraries.of(
                        "<",
                        "<|",
                        "|",
                        "|>",
                        ">",
                        "<|eot_id|>",
                        "eot_id",
                        "_id",
                        "<|start_header_id|>",
                        "user",
                        "<|end_header_id|>\n\n",
                        "<|eot|>",
                        "<|header_start|>",
                        "<|python_tag|>",
                        "[",
                        "[INST]",
                        "INST",
                        "]",
                        "[/INST]",
                        "/",
                        "<s>",
                        "s",
                        "</s>",
                        "<<SYS>>",
                        "SYS",
                        "<</SYS>>",
                        "[TOOL_CALLS]",
                        "<think>",
                        "</think>",
                        "think",
                        "<｜User｜>",
                        "<｜",
                        "｜",
                        "｜>",
                        "User",
                        "<｜Assistant｜>",
                        "<｜end▁of▁sentence｜>",
                        "User:",
                        "\nUser:",
                        "\r",
                        "\u2028",
                        "\u0085",
                        "\u000B",
                        "\nbot :",
                        " ",
                        "\u00A0",
                        "Bot",
                        ":",
                        "\n",
                        "\t",
                        "x",
                        "É",
                        "BOT:",
                        "\u2029 \tUSER:")
                .list()
                .ofMinSize(1)
                .ofMaxSize(9)
                .map(parts -> String.join("", parts))
                .filter(text -> !Texts.isBlank(text));
    }

    private static Arbitrary<LlmRequest> requests(Arbitrary<String> texts) {
        Arbitrary<Message> message =
                Combinators.combine(Arbitraries.of(Role.class), texts).as(Message::of);
        return Combinators.combine(texts, message.list().ofMaxSize(5), texts, texts.optional(0.3))
                .as((first, middle, last, system) -> {
                    LlmRequest.Builder request = LlmRequest.ofPrompt(first);
                    middle.forEach(request::message);
                    return request.message(Message.of(Role.USER, last))
                            .system(system.orElse(null))
                            .build();
                });
    }

    /** The turns that a prompt must have, by the plain rules: merged by role, the system texts first or with a user's. */
    private static List<Expected> expected(String format, LlmRequest request) {
        List<String> system = new ArrayList<>();
        List<Expected> turns = new ArrayList<>();
        if (request.system() != null) {
            system.add(request.system());
        }
        for (Message message : request.messages()) {
            int last = turns.size() - 1;
            if (message.role() == Role.SYSTEM) {
                system.add(message.text());
            } else if (last >= 0 && turns.get(last).role().equals(message.role().word())) {
                turns.set(
                        last,
                        new Expected(message.role().word(), turns.get(last).text() + "\n" + message.text()));
            } else {
                turns.add(new Expected(message.role().word(), message.text()));
            }
        }
        placeSystem(format, String.join("\n\n", system), turns);
        turns.replaceAll(turn -> trims(format, turn.role())
                ? new Expected(turn.role(), turn.text().strip())
                : turn);
        return turns;
    }

    private static void placeSystem(String format, String system, List<Expected> turns) {
        if (system.isEmpty()) {
            return;
        }
        if (format.startsWith("llama") || format.startsWith("deepseek")) {
            turns.add(0, new Expected("system", system));
            return;
        }
        int at = format.equals("mistral-prompt-v2") ? turns.size() - 1 : 0;
        turns.set(at, new Expected("user", system + "\n\n" + turns.get(at).text()));
    }

    private static boolean trims(String format, String role) {
        return format.startsWith("llama")
                || format.startsWith("titan")
                || format.startsWith("mistral") && role.equals("assistant");
    }

    private static String prompt(String format, LlmRequest request) {
        JsonNode body = body(format, request);
        return body.path(format.equals("titan-text") ? "inputText" : "prompt").textValue();
    }

    private static ObjectNode body(String format, LlmRequest request) {
        try {
            return (ObjectNode) Json.read(ModelFormats.named(format).write(request, model(format)));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static FamilyEmulator family(String format) {
        return Families.of(format).orElseThrow();
    }

    private static Model model(String format) {
        return FormatModels.of(ModelFormats.named(format));
    }
}
