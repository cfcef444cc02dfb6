package dev.caravan.emulator.family;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.emulator.answer.Answer;
import dev.caravan.emulator.answer.Answer.Stop;
import dev.caravan.emulator.answer.Answer.ToolCall;
import dev.caravan.emulator.answer.Conversation;
import dev.caravan.emulator.answer.Tokens;
import dev.caravan.emulator.family.StreamPart.Place;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.Model;
import dev.caravan.runtime.Json;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** An answer in events is the answer in one piece, in every family and for every model of the catalogue. */
class FamilyStreamsPropertyTest {
    private static final List<Model> MODELS = CatalogueReader.shipped().all().stream()
            .filter(model -> Families.of(model.format()).isPresent())
            .toList();

    @Provide
    Arbitrary<Model> models() {
        return Arbitraries.of(MODELS);
    }

    @Provide
    Arbitrary<Answer> answers() {
        Arbitrary<String> text = Arbitraries.of(
                        " ", "\n", "a", "word", "\u00e9", "\ud83d\ude00", "\"", "{", "\\", "\u00a0", "longwordlongword")
                .list()
                .ofMinSize(1)
                .ofMaxSize(60)
                .map(parts -> String.join("", parts));
        Arbitrary<ObjectNode> input = Arbitraries.maps(Arbitraries.of("a", "b c", "\ud83d\ude00"), text)
                .ofMaxSize(3)
                .map(members -> {
                    ObjectNode object = Json.object();
                    members.forEach(object::put);
                    return object;
                });
        return Combinators.combine(
                        text.optional(0.5),
                        text.optional(0.8),
                        input.map(made -> new ToolCall("lookup", made)).optional(0.4),
                        Arbitraries.of(Stop.class),
                        text.optional(0.2),
                        Arbitraries.of("ERROR_LIMIT").optional(0.2))
                .as((thinking, words, call, stop, sequence, word) -> new Answer(
                        thinking,
                        words,
                        call,
                        stop,
                        sequence,
                        word,
                        Tokens.of(words.orElse("")) + Tokens.of(thinking.orElse(""))));
    }

    @Property(tries = 1500)
    void a_native_stream_joined_is_the_reply(@ForAll("models") Model model, @ForAll("answers") Answer answer) {
        joins(Families.of(model.format()).orElseThrow(), model, answer);
    }

    @Property(tries = 500)
    void a_stream_of_converse_joined_is_the_reply(@ForAll("models") Model model, @ForAll("answers") Answer answer) {
        joins(Families.converse(), model, answer);
    }

    private static void joins(FamilyEmulator family, Model model, Answer answer) {
        Conversation conversation = new Conversation(
                "",
                List.of(new Conversation.Turn(true, "Hi")),
                100,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                true,
                7);
        ObjectNode reply = family.write(answer, conversation, model);
        ObjectNode before = reply.deepCopy();

        List<StreamPart> parts = family.stream(reply);

        assertThat(reply).isEqualTo(before);
        ObjectNode expected = (ObjectNode) JoinedStream.read(Json.write(reply));
        if (family.format().equals("openai-chat")) {
            // Its counts are in the metrics that the service adds.
            expected.remove("usage");
        }
        assertThat(JoinedStream.of(family.format(), parts)).isEqualTo(expected);
        List<Place> places = parts.stream().map(StreamPart::place).toList();
        assertThat(places.get(places.size() - 1)).isEqualTo(Place.END);
        assertThat(places.subList(places.indexOf(Place.END), places.size())).containsOnly(Place.END);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("a", " ", "  ", "\n", "\ud83d\ude00", "word", "\u4f60\u597d")
                .list()
                .ofMaxSize(9000)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 300)
    void pieces_are_the_text_and_never_too_many(@ForAll("texts") String text) {
        for (List<String> pieces : List.of(Pieces.words(text), Pieces.json(text))) {
            assertThat(String.join("", pieces)).isEqualTo(text);
            assertThat(pieces).hasSizeLessThanOrEqualTo(6000);
            assertThat(pieces)
                    .noneMatch(piece -> piece.isEmpty()
                            || Character.isLowSurrogate(piece.charAt(0))
                            || Character.isHighSurrogate(piece.charAt(piece.length() - 1)));
        }
    }
}
