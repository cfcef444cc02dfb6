package dev.caravan.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.chat.LlmReply;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host's route that ends in the trunk's own entries: what it sees of a failure. */
class DirectEntryTest {
    private static final String ENTRY = "direct:caravan-generate";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x\n@emulator error=ValidationException",
                "x\n@emulator error=ThrottlingException",
                "{\"prompt\": \"x\", \"nonsense\": 1}"
            })
    void onExceptionOfTheHost_runsForEveryFailureWithTheBodyThatCameIn(String body) throws Exception {
        try (HostContext host = host(ENTRY, 0)) {
            Exchange answer = send(host, body);

            assertThat(answer.getException()).isNull();
            assertThat(answer.getProperty("seen")).isInstanceOf(LlmException.class);
            assertThat(answer.getMessage().getBody()).isEqualTo(body);
            assertThat(answer.getMessage().getHeaders().keySet()).noneMatch(name -> name.startsWith("CamelRedeliver"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ENTRY, "direct:caravan-structured"})
    void streamInTheBody_isRefusedWithWhatToDoInstead(String entry) throws Exception {
        try (HostContext host = host(entry, 0)) {
            Exchange answer = host.context()
                    .createProducerTemplate()
                    .send(
                            HostContext.IN,
                            exchange -> exchange.getMessage()
                                    .setBody(
                                            entry.equals(ENTRY)
                                                    ? Map.of("prompt", "x", "stream", true)
                                                    : Map.of("prompt", "x", "stream", true, "schema_name", "invoice")));

            LlmException refused = answer.getProperty("seen", LlmException.class);
            assertThat(refused.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
            assertThat(refused)
                    .hasMessage("stream: here is nothing that takes the parts of an answer. By HTTP send stream true to"
                            + " /v1/generate; in a route use caravan:generate?stream=true; in Java LlmClient.stream.");
        }
    }

    @Test
    void streamFalseInTheBody_isNoStream() throws Exception {
        try (HostContext host = host(ENTRY, 0)) {
            Exchange answer = host.context()
                    .createProducerTemplate()
                    .send(
                            HostContext.IN,
                            exchange -> exchange.getMessage().setBody(Map.of("prompt", "x", "stream", false)));

            assertThat(answer.getProperty("seen")).isNull();
            assertThat(answer.getMessage().getBody()).isInstanceOf(LlmReply.class);
        }
    }

    @Test
    void structuredEntry_isTheSame() throws Exception {
        String body = "{\"prompt\": \"x\\n@emulator text=no\", \"schema_name\": \"invoice\"}";
        try (HostContext host = host("direct:caravan-structured", 0)) {
            Exchange answer = send(host, body);

            assertThat(answer.getProperty("seen", LlmException.class).kind())
                    .isEqualTo(ErrorKind.STRUCTURED_OUTPUT_INVALID);
            assertThat(answer.getMessage().getBody()).isEqualTo(body);
        }
    }

    @Test
    void redeliveryOfTheHost_asksAgain() throws Exception {
        try (HostContext host = host(ENTRY, 1)) {
            Exchange answer = send(host, "x\n@emulator error=ThrottlingException times=5");

            assertThat(answer.getException()).isNull();
            assertThat(answer.getProperty("seen")).isNull();
            assertThat(answer.getMessage().getBody(String.class)).contains("x");
        }
    }

    private static HostContext host(String entry, int redeliveries) throws Exception {
        return new HostContext()
                .routes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        onException(LlmException.class)
                                .maximumRedeliveries(redeliveries)
                                .redeliveryDelay(1)
                                .handled(true)
                                .process(exchange ->
                                        exchange.setProperty("seen", exchange.getProperty(Exchange.EXCEPTION_CAUGHT)));
                        from(HostContext.IN).to(entry);
                        from("direct:other").to("caravan:generate");
                    }
                })
                .start();
    }

    private static Exchange send(HostContext host, String body) {
        return host.context()
                .createProducerTemplate()
                .send(HostContext.IN, exchange -> exchange.getMessage().setBody(body));
    }
}
