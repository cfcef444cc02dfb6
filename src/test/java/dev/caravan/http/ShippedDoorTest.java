package dev.caravan.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.dialect.CaravanDialect;
import dev.caravan.runtime.Json;
import dev.caravan.trunk.ExchangeKeys;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.apache.camel.test.junit5.TestExecutionConfiguration;
import org.junit.jupiter.api.BeforeEach;

/** A shipped door in {@code routes/} as it stands, with another way in and a mock for the trunk. */
abstract class ShippedDoorTest extends CamelTestSupport {
    private final String file;
    private final String routeId;
    private final String trunkStep;
    MockEndpoint trunk;

    ShippedDoorTest(String file, String routeId, String trunkStep) {
        this.file = file;
        this.routeId = routeId;
        this.trunkStep = trunkStep;
    }

    @Override
    public void configureTest(TestExecutionConfiguration configuration) {
        super.configureTest(configuration);
        configuration.withUseAdviceWith(true);
    }

    @Override
    protected void bindToRegistry(Registry registry) {
        DialectSteps steps = new DialectSteps(CaravanDialect.plain());
        registry.bind("caravanReadRequest", steps.readRequest());
        registry.bind("caravanReadStructured", new DialectSteps(CaravanDialect.structured()).readRequest());
        registry.bind("caravanWriteReply", steps.writeReply());
        registry.bind("caravanWriteProblem", steps.writeProblem());
    }

    @Override
    protected RoutesBuilder createRouteBuilder() throws Exception {
        return PluginHelper.getRoutesLoader(context())
                .findRoutesBuilders(ResourceHelper.resolveMandatoryResource(context(), "file:routes/" + file))
                .iterator()
                .next();
    }

    @BeforeEach
    void replaceEnds() throws Exception {
        AdviceWith.adviceWith(context(), routeId, route -> {
            route.replaceFromWith("direct:in");
            route.weaveById(trunkStep).replace().to("mock:trunk");
        });
        trunk = getMockEndpoint("mock:trunk");
        // As application.properties has it.
        context().setStreamCaching(false);
        context().start();
    }

    Exchange post(String body) {
        return context()
                .createFluentProducerTemplate()
                .to("direct:in")
                .withProcessor(exchange -> {
                    exchange.setProperty(ExchangeKeys.REQUEST_ID, "req-1");
                    exchange.getMessage().setBody(body.getBytes(StandardCharsets.UTF_8));
                })
                .send();
    }

    static String text(Exchange exchange) {
        return exchange.getMessage().getBody(Buffer.class).toString();
    }

    static JsonNode json(Exchange exchange) throws Exception {
        return Json.read(exchange.getMessage().getBody(Buffer.class).getBytes());
    }
}
