package dev.caravan.support;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.chat.StopReason;
import dev.caravan.chat.StreamStart;
import dev.caravan.chat.Usage;
import dev.caravan.dialect.CaravanDialect;
import dev.caravan.http.DialectSteps;
import dev.caravan.runtime.Cancellation;
import dev.caravan.trunk.ExchangeKeys;
import dev.caravan.trunk.PartSink;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** The shipped routes of {@code /v1/generate} and {@code /v1/generate/structured}, over a trunk that the test plays. */
public class PlayedTrunk extends RouteBuilder {
    private static final List<String> SHIPPED = List.of("generate.yaml", "structured.yaml");

    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();

    @Override
    public void configure() throws Exception {
        // As application.properties has it.
        getContext().setStreamCaching(false);
        Registry registry = getContext().getRegistry();
        DialectSteps steps = new DialectSteps(CaravanDialect.plain());
        registry.bind("caravanReadRequest", steps.readRequest());
        registry.bind("caravanReadStructured", new DialectSteps(CaravanDialect.structured()).readRequest());
        registry.bind("caravanWriteReply", steps.writeReply());
        registry.bind("caravanWriteProblem", steps.writeProblem());
        AsyncProcessorSupport trunk = new AsyncProcessorSupport() {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                calls.add(new Call(exchange, callback));
                return false;
            }
        };
        from("direct:caravan-generate").errorHandler(noErrorHandler()).process(trunk);
        from("direct:caravan-structured").errorHandler(noErrorHandler()).process(trunk);
        for (String file : SHIPPED) {
            PluginHelper.getRoutesLoader(getContext())
                    .loadRoutes(ResourceHelper.resolveMandatoryResource(getContext(), "file:routes/" + file));
        }
    }

    /** The next call that comes in. */
    public Call next() throws InterruptedException {
        Call next = calls.poll(20, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no call came");
        }
        return next;
    }

    /** One exchange in the trunk. */
    public record Call(Exchange exchange, AsyncCallback callback) {

        public LlmRequest request() {
            return exchange.getMessage().getBody(LlmRequest.class);
        }

        public PartSink sink() {
            return exchange.getProperty(ExchangeKeys.PART_SINK, PartSink.class);
        }

        public Cancellation cancellation() {
            return exchange.getProperty(ExchangeKeys.CANCELLATION, Cancellation.class);
        }

        public Call begin() {
            String id = exchange.getProperty(ExchangeKeys.REQUEST_ID, String.class);
            sink().begin(new StreamStart(id, "m", "bedrock", true));
            return this;
        }

        public Call text(String text) {
            sink().part(new Part.Text(text), 1);
            return this;
        }

        public void reply() {
            end(PlayedTrunk.reply("Hi"));
        }

        public void end(LlmReply reply) {
            exchange.getMessage().setBody(reply);
            callback.done(false);
        }

        public void fail(Exception failure) {
            exchange.setException(failure);
            callback.done(false);
        }
    }

    public static LlmReply reply(String text, Block.ToolUse... calls) {
        return new LlmReply(
                "req-1",
                "m",
                "bedrock",
                "us-east-1",
                text,
                null,
                StopReason.END_TURN,
                "end_turn",
                Usage.of(1L, 2L),
                1,
                Duration.ofMillis(840),
                true,
                List.of(calls),
                null,
                null);
    }
}
