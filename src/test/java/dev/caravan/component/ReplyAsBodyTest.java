package dev.caravan.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a step behind {@code caravan:} gets of the reply when it asks for another type. */
class ReplyAsBodyTest {
    private static final String DATA = "{\"number\":\"7\",\"date\":\"2026-01-31\",\"currency\":\"EUR\",\"total\":12.10,"
            + "\"lines\":[{\"description\":\"Work\",\"quantity\":1,\"unit_price\":12.10}]}";

    private HostContext host;

    @BeforeEach
    void open() {
        host = new HostContext();
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @Test
    void answerInText_isItsText() throws Exception {
        host.route("caravan:generate?model=claude-haiku").start();

        Exchange answer = ask("Grüße\n@emulator text=\"Grüße\"");

        assertThat(answer.getMessage().getBody(String.class)).isEqualTo("Grüße");
        assertThat(answer.getMessage().getBody(byte[].class)).isEqualTo("Grüße".getBytes(StandardCharsets.UTF_8));
        assertThat(answer.getMessage().getBody(JsonNode.class)).isNull();
        assertThat(answer.getMessage().getBody()).isInstanceOf(LlmReply.class);
    }

    @Test
    void answerThatIsValid_isItsDataWithAllDigits() throws Exception {
        host.route("caravan:structured?model=claude-haiku&schemaName=invoice").start();

        Exchange answer = ask("x\n@emulator text=" + '"' + DATA.replace("\"", "\\\"") + '"');

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getBody(String.class)).isEqualTo(DATA);
        assertThat(answer.getMessage().getBody(InputStream.class))
                .hasBinaryContent(DATA.getBytes(StandardCharsets.UTF_8));
        assertThat(answer.getMessage().getBody(JsonNode.class))
                .isEqualTo(answer.getMessage().getBody(LlmReply.class).data());
    }

    @Test
    void contextThatIsStartedAgain_stillConverts() throws Exception {
        host.route("caravan:generate?model=claude-haiku").start();
        host.context().stop();
        host.start();

        assertThat(ask("x\n@emulator text=yes").getMessage().getBody(String.class))
                .isEqualTo("yes");
    }

    private Exchange ask(String body) {
        return host.context()
                .createProducerTemplate()
                .request(HostContext.IN, exchange -> exchange.getMessage().setBody(body));
    }
}
