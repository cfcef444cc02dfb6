package dev.caravan.format;

import static dev.caravan.format.ToolRequests.json;
import static dev.caravan.format.ToolRequests.model;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is written says the same as what was asked, whoever reads it. */
class ConversePropertyTest {
    private record Said(String role, String text) {}

    @Property(tries = 300)
    void rolesAndTextsAreKept(@ForAll("conversations") List<Message> messages) {
        LlmRequest request = LlmRequest.builder().messages(messages).build();

        keeps(new Converse(), "acme.big-v1:0", request);
        keeps(new Converse(), "cohere.command-text-v14", request);
        keeps(new NovaMessages(), "nova-lite", request);
    }

    private static void keeps(ModelFormat format, String name, LlmRequest request) {
        JsonNode body = json(new String(format.write(request, model(name)), StandardCharsets.UTF_8));
        List<Said> said = new ArrayList<>();
        String before = "";
        for (JsonNode message : body.get("messages")) {
            assertThat(message.get("role").asText()).isNotEqualTo(before);
            before = message.get("role").asText();
            for (JsonNode block : message.get("content")) {
                assertThat(block.size()).isEqualTo(1);
                said.add(new Said(before, block.get("text").textValue()));
            }
        }
        assertThat(said).isEqualTo(asked(request, model(name).capabilities().system()));
        List<String> system = body.path("system").findValuesAsText("text");
        assertThat(system).isEqualTo(model(name).capabilities().system() ? systems(request) : List.of());
    }

    private static List<String> systems(LlmRequest request) {
        return request.messages().stream()
                .filter(message -> message.role() == Role.SYSTEM)
                .map(Message::text)
                .toList();
    }

    private static List<Said> asked(LlmRequest request, boolean system) {
        List<Said> asked = new ArrayList<>();
        for (Message message : request.messages()) {
            if (message.role() != Role.SYSTEM) {
                asked.add(new Said(message.role().word(), message.text()));
            }
        }
        List<String> systems = systems(request);
        if (!system && !systems.isEmpty()) {
            asked.set(
                    0,
                    new Said(
                            "user",
                            String.join("\n\n", systems) + "\n\n" + asked.get(0).text()));
        }
        Said last = asked.get(asked.size() - 1);
        if (last.role().equals("assistant")) {
            asked.set(asked.size() - 1, new Said(last.role(), last.text().stripTrailing()));
        }
        return asked;
    }

    @Provide
    Arbitrary<List<Message>> conversations() {
        Arbitrary<String> text = Arbitraries.strings()
                .withChars('a', ' ', '\n', '"', '\\', '{', '<', 'é', '\u2028', '\0')
                .ofMaxLength(12)
                .map(any -> "x" + any);
        Arbitrary<Message> message =
                Combinators.combine(Arbitraries.of(Role.class), text).as(Message::of);
        return Combinators.combine(text, message.list().ofMaxSize(8)).as((first, rest) -> {
            List<Message> all = new ArrayList<>(List.of(Message.of(Role.USER, first)));
            all.addAll(rest);
            return all;
        });
    }
}
