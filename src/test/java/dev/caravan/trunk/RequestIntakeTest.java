package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.chat.LlmRequest;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.converter.stream.InputStreamCache;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIntakeTest {
    private static final CamelContext CONTEXT = new DefaultCamelContext();

    @BeforeAll
    static void start() {
        CONTEXT.start();
    }

    @AfterAll
    static void stop() {
        CONTEXT.stop();
    }

    static Stream<Object> texts() {
        byte[] bytes = "Grüße".getBytes(StandardCharsets.UTF_8);
        return Stream.of(
                "Grüße",
                new StringBuilder("Grüße"),
                bytes,
                new ByteArrayInputStream(bytes),
                new StringReader("Grüße"),
                new InputStreamCache(bytes),
                "\uFEFFGrüße",
                "\uFEFFGrüße".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void textOfAnyForm_isThePrompt(Object body) {
        assertThat(prompt(body)).isEqualTo("Grüße");
    }

    @Test
    void file_isItsText(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("q.txt"), "From a file");

        assertThat(prompt(file)).isEqualTo("From a file");
        assertThat(prompt(file.toFile())).isEqualTo("From a file");
        assertThat(failure(folder.resolve("missing.txt"))).hasMessageContaining("could not be read");
    }

    static Stream<Object> objects() {
        return Stream.of(new Date(), 42, List.of("a", "b"), new Object(), true);
    }

    @ParameterizedTest
    @MethodSource("objects")
    void objectThatIsNoText_isRefusedByItsClass(Object body) {
        assertThat(failure(body)).hasMessageContaining(body.getClass().getName());
    }

    @Test
    void bytesThatAreNoUtf8_areRefused() {
        assertThat(failure(new byte[] {(byte) 0xff, (byte) 0xfe, 65})).hasMessageContaining("UTF-8");
    }

    @Test
    void jsonWithAByteOrderMark_isARequest() {
        assertThat(prompt("\uFEFF{\"prompt\": \"hi\"}")).isEqualTo("hi");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{ not json", "{\"a\": 1}", "{\"prompt\": \"hi\"} and more", "{prompt}"})
    void textThatOnlyBeginsLikeJson_isThePrompt(String text) {
        assertThat(prompt(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "\u00a0", "\u200b\n", "\ufeff\ufeff", "\u2060"})
    void textThatCannotBeSeen_isRefused(String text) {
        assertThat(failure(text)).hasMessageContaining("The body is empty");
        assertThat(failure(LlmRequest.ofPrompt(text).build())).hasMessage("messages: must not be blank.");
        assertThat(failure(LlmRequest.ofPrompt("x").system(text).build()))
                .hasMessage("system_prompt: must not be blank.");
    }

    @Test
    void jsonThatSaysAThingTwice_isRefused() {
        assertThat(failure("{\"prompt\": \"hi\", \"prompt\": \"ho\"}"))
                .hasMessageContaining("a field twice")
                .hasMessageContaining("line 1");
    }

    @Test
    void jsonBeyondTheParsersLimits_isRefused() {
        assertThat(failure("{\"prompt\":" + "[".repeat(5000) + "]".repeat(5000) + "}"))
                .hasMessageContaining("too deep");
    }

    @Test
    void mapThatContainsItself_isRefused() {
        Map<String, Object> map = new HashMap<>();
        map.put("prompt", List.of(map));

        assertThat(failure(map)).hasMessageContaining("contains itself");
    }

    @Test
    void textIsAlwaysThePrompt_whenAskedSo() {
        String json = "{\"prompt\": \"x\", \"model\": \"y\"}";

        LlmRequest request = RequestIntake.readTextAsPrompt(exchange(json), false);

        assertThat(request).isEqualTo(LlmRequest.ofPrompt(json).build());
    }

    private static String prompt(Object body) {
        return RequestIntake.read(exchange(body), false).messages().get(0).text();
    }

    private static LlmException failure(Object body) {
        LlmException failure =
                catchThrowableOfType(LlmException.class, () -> RequestIntake.read(exchange(body), false));
        assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
        return failure;
    }

    private static Exchange exchange(Object body) {
        Exchange exchange = new DefaultExchange(CONTEXT);
        exchange.getMessage().setBody(body);
        return exchange;
    }
}
