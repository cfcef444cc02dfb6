package dev.caravan.component;

import dev.caravan.chat.LlmReply;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A host's context that asks the embedded Bedrock. */
final class HostContext implements AutoCloseable {
    static final String IN = "direct:in";

    private final CamelContext context = new DefaultCamelContext();
    private final Properties properties = new Properties();

    HostContext(String... pairs) {
        properties.setProperty("caravan.bedrock.mode", "embedded");
        properties.setProperty("caravan.retry.delay", "1ms");
        for (int i = 0; i < pairs.length; i += 2) {
            properties.setProperty(pairs[i], pairs[i + 1]);
        }
        context.getPropertiesComponent().setOverrideProperties(properties);
    }

    CamelContext context() {
        return context;
    }

    Properties properties() {
        return properties;
    }

    HostContext routes(RoutesBuilder routes) throws Exception {
        context.addRoutes(routes);
        return this;
    }

    /** A route from {@link #IN} to this endpoint. */
    HostContext route(String uri) throws Exception {
        return routes(new RouteBuilder() {
            @Override
            public void configure() {
                from(IN).to(uri);
            }
        });
    }

    HostContext start() {
        context.start();
        return this;
    }

    LlmReply ask(Object body) {
        return ask(body, Map.of());
    }

    LlmReply ask(Object body, Map<String, Object> headers) {
        return context.createProducerTemplate().requestBodyAndHeaders(IN, body, headers, LlmReply.class);
    }

    /** What the call fails with. */
    Throwable failure(Object body, Map<String, Object> headers) {
        try {
            LlmReply reply = ask(body, headers);
            throw new AssertionError("answered: " + reply);
        } catch (CamelExecutionException e) {
            return e.getCause();
        }
    }

    @Override
    public void close() {
        context.stop();
    }
}
