package dev.caravan.structured;

import org.apache.camel.CamelContext;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Test;

/** Camel's json-validator with a shipped schema, alone and behind a model. */
class JsonValidatorRouteTest extends CamelTestSupport {
    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext context = super.createCamelContext();
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.resolveResource(context, "classpath:routes/json-validator.yaml"));
        return context;
    }

    @Test
    void validInvoice_passes() throws Exception {
        expect(1, 0);

        template.sendBody("direct:invoice", """
                {"number":"7","date":"2026-01-31","currency":"EUR","total":12.10,
                 "lines":[{"description":"Work","quantity":1,"unit_price":12.10}]}""");

        MockEndpoint.assertIsSatisfied(context);
    }

    @Test
    void invalidInvoice_isCaught() throws Exception {
        expect(0, 2);

        template.sendBody("direct:invoice", "{\"number\":\"7\"}");
        template.sendBody("direct:invoice", "The total is 12.10.");

        MockEndpoint.assertIsSatisfied(context);
    }

    @Test
    void answerOfAModel_passes() throws Exception {
        expect(1, 0);

        template.sendBody("direct:letter", "Invoice 7: one day of work.");

        MockEndpoint.assertIsSatisfied(context);
    }

    private void expect(int valid, int invalid) {
        getMockEndpoint("mock:valid").expectedMessageCount(valid);
        getMockEndpoint("mock:invalid").expectedMessageCount(invalid);
    }
}
