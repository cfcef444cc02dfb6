package dev.caravan.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.chat.LlmReply;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;

/** The examples of docs/embedding.md that ask a model. */
class EmbeddingGuideTest {
    private static final RouteBuilder EXAMPLE = new RouteBuilder() {
        @Override
        public void configure() {
            from("direct:question")
                    .to("caravan:generate?model=claude-haiku&maxTokens=500")
                    .process(exchange -> {
                        LlmReply reply = exchange.getMessage().getBody(LlmReply.class);
                        exchange.getMessage().setBody(reply.text());
                    });
        }
    };

    private static final RouteBuilder STRUCTURED = new RouteBuilder() {
        @Override
        public void configure() {
            from("direct:letters")
                    .to("caravan:structured?model=claude-haiku&schemaName=invoice")
                    .process(exchange -> {
                        LlmReply reply = exchange.getMessage().getBody(LlmReply.class);
                        exchange.getMessage().setBody(reply.data().path("total").decimalValue());
                    });
        }
    };

    @Test
    void structuredExample_worksAndIsThisOne() throws Exception {
        try (HostContext host = new HostContext().routes(STRUCTURED).start()) {
            assertThat(host.context()
                            .createProducerTemplate()
                            .requestBody("direct:letters", "Invoice 7", BigDecimal.class))
                    .isNotNull();
        }
        String example =
                Files.readString(Path.of("docs/embedding.md")).split("```")[3].replaceFirst("java", "");
        String here = Files.readString(Path.of("src/test/java/dev/caravan/component/EmbeddingGuideTest.java"));
        assertThat(squeezed(here)).contains(squeezed(example));
    }

    @Test
    void firstExample_works() throws Exception {
        try (HostContext host = new HostContext().routes(EXAMPLE).start()) {
            String answer =
                    host.context().createProducerTemplate().requestBody("direct:question", "Hello", String.class);

            assertThat(answer).contains("Hello");
        }
    }

    @Test
    void firstExample_isThisOne() throws Exception {
        String guide = Files.readString(Path.of("docs/embedding.md"));
        String example = guide.split("```")[1].replaceFirst("java", "");
        String here = Files.readString(Path.of("src/test/java/dev/caravan/component/EmbeddingGuideTest.java"));

        assertThat(squeezed(here)).contains(squeezed(example));
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }
}
