package dev.caravan.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.aws2.bedrock.runtime.BedrockConstants;
import org.apache.camel.main.Main;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * What Caravan is compared with: the same call as a plain Camel application makes it. Camel Main with its own HTTP server,
 * the aws-bedrock component and the SDK's Apache client, all with their defaults but for the address, and for a pool of
 * connections that is no limit at 32 callers. No limit, retry, access log or metrics. It answers with a String, which is
 * the body type that Camel's server writes fastest.
 */
public final class BareRoute extends RouteBuilder {
    private static final int MAX_CONNECTIONS = 256;

    private final ObjectMapper json = new ObjectMapper();

    /** Options: {@code --port}, {@code --endpoint}. Region and credentials come from the environment. */
    public static void main(String[] args) throws Exception {
        Options options = new Options(args);
        Main main = new Main();
        main.addInitialProperty("camel.server.enabled", "true");
        main.addInitialProperty("camel.server.host", "127.0.0.1");
        main.addInitialProperty("camel.server.port", options.text("port"));
        main.bind(
                "bedrock",
                BedrockRuntimeClient.builder()
                        .endpointOverride(URI.create(options.text("endpoint")))
                        .httpClientBuilder(ApacheHttpClient.builder().maxConnections(MAX_CONNECTIONS))
                        .build());
        main.configure().addRoutesBuilder(new BareRoute());
        main.run();
    }

    @Override
    public void configure() {
        from("platform-http:/v1/generate?httpMethodRestrict=POST")
                .process(this::writeClaudeRequest)
                .setHeader(BedrockConstants.MODEL_CONTENT_TYPE, constant("application/json"))
                .setHeader(BedrockConstants.MODEL_ACCEPT_CONTENT_TYPE, constant("application/json"))
                .to("aws-bedrock:generate?operation=invokeTextModel&modelId=anthropic.claude-3-haiku-20240307-v1:0")
                .process(this::writeReply)
                .removeHeaders("*")
                .setHeader(Exchange.CONTENT_TYPE, constant("application/json"));
    }

    private void writeClaudeRequest(Exchange exchange) throws Exception {
        JsonNode request = json.readTree(exchange.getMessage().getBody(byte[].class));
        ObjectNode body = json.createObjectNode();
        body.put("anthropic_version", "bedrock-2023-05-31");
        body.put("max_tokens", 4096);
        body.putArray("messages")
                .addObject()
                .put("role", "user")
                .put("content", request.path("prompt").asText());
        exchange.getMessage().setBody(json.writeValueAsString(body));
    }

    private void writeReply(Exchange exchange) throws Exception {
        JsonNode reply = exchange.getMessage().getBody(JsonNode.class);
        ObjectNode body = json.createObjectNode();
        body.put("text", reply.at("/content/0/text").asText());
        body.set("usage", reply.path("usage"));
        exchange.getMessage().setBody(json.writeValueAsString(body));
    }
}
