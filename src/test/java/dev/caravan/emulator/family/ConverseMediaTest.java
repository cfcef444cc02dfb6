package dev.caravan.emulator.family;

import static dev.caravan.support.EmulatorHarness.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.emulator.aws.AwsErrorType;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.Model;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Converse says of images and documents. */
class ConverseMediaTest {
    private static final String HAIKU = "anthropic.claude-3-haiku-20240307-v1:0";
    private static final String MICRO = "amazon.nova-micro-v1:0";
    private static final String TEXT = "{\"text\":\"What is it?\"}";
    private static final String IMAGE = "{\"image\":{\"format\":\"png\",\"source\":{\"bytes\":\"AA==\"}}}";

    private static String document(String name) {
        return "{\"document\":{\"format\":\"pdf\",\"name\":\"" + name + "\",\"source\":{\"bytes\":\"AA==\"}}}";
    }

    private static String documents(int count) {
        return IntStream.range(0, count).mapToObj(i -> document("d" + i)).collect(Collectors.joining(","));
    }

    private static String images(int count) {
        return IntStream.range(0, count).mapToObj(i -> IMAGE).collect(Collectors.joining(","));
    }

    /** The model, the blocks of the user's message, and the words of the refusal. */
    static Stream<Arguments> refusals() {
        String name = "The document file name can only contain alphanumeric characters";
        String image = "This model doesn't support the image content block that you provided. Update the content";
        String result = "{\"toolResult\":{\"toolUseId\":\"t\",\"content\":[" + IMAGE + "]}}";
        return Stream.of(
                Arguments.of(HAIKU, document("a"), "A text block must be included when using documents. Add a text"),
                Arguments.of(HAIKU, TEXT + "," + document("a.pdf"), name),
                Arguments.of(HAIKU, TEXT + "," + document("a  b"), name),
                Arguments.of(HAIKU, TEXT + "," + document("r\u00e9sum\u00e9"), name),
                Arguments.of(HAIKU, TEXT + "," + document("a\\tb"), name),
                Arguments.of(HAIKU, TEXT + "," + document("a\u3000b"), name),
                Arguments.of(
                        HAIKU,
                        TEXT + "," + document(""),
                        "1 validation error detected: Value '' at 'messages.0.content.1.document.name' failed"),
                Arguments.of(HAIKU, TEXT + "," + document("x".repeat(201)), "length less than or equal to 200"),
                Arguments.of(
                        HAIKU,
                        TEXT + "," + document("a") + "," + document("a"),
                        "Messages can't contain duplicate document names. Rename the document and retry your request."),
                Arguments.of(HAIKU, TEXT + "," + documents(6), "You can't include more than 5 documents in a request."),
                Arguments.of(
                        HAIKU,
                        TEXT + ",{\"document\":{\"name\":\"a\"}}",
                        "Value null at 'messages.0.content.1.document.source'"),
                Arguments.of(HAIKU, TEXT + "," + document("a").replace("pdf", "exe"), "Member must satisfy enum value"),
                Arguments.of(
                        HAIKU,
                        TEXT + "," + images(21),
                        "The model returned the following errors: messages: too many images and documents: 21 + 0 > 20"),
                Arguments.of(HAIKU, "{\"image\":{\"format\":\"bmp\"}}", "2 validation errors detected"),
                Arguments.of(HAIKU, "{\"image\":5}", "Malformed input request"),
                Arguments.of(MICRO, TEXT + "," + IMAGE, image),
                Arguments.of(MICRO, result, image));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void what_aws_refuses_is_refused(String model, String blocks, String words) {
        assertThatThrownBy(() -> check(model, blocks))
                .isInstanceOfSatisfying(
                        AwsFailure.class,
                        failure -> assertThat(failure.typeName()).isEqualTo(AwsErrorType.VALIDATION.typeName()))
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", " Report 2026 (final) [2] - b_c "})
    void a_document_beside_a_text_passes(String name) {
        assertThatCode(() -> check(HAIKU, TEXT + "," + document(name))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20})
    void so_many_images_pass(int count) {
        assertThatCode(() -> check(HAIKU, images(count) + "," + TEXT + "," + documents(5)))
                .doesNotThrowAnyException();
    }

    private static void check(String id, String blocks) {
        Model model = CatalogueReader.shipped().find(id).orElseThrow();
        ConverseMedia.check(json("[{\"role\":\"user\",\"content\":[" + blocks + "]}]"), model);
    }
}
