package dev.caravan.component;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Asks a model through Caravan's trunk. Body in: the prompt, a Map, JSON or an {@link
 * dev.caravan.chat.LlmRequest}; body out: an {@link dev.caravan.chat.LlmReply}; failure: an {@link
 * dev.caravan.error.LlmException}.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "caravan",
        title = "Caravan",
        syntax = "caravan:operation",
        producerOnly = true,
        category = {Category.AI},
        headersClass = CaravanHeaders.class)
public class CaravanEndpoint extends DefaultEndpoint {
    @UriPath(description = "What to do", enums = "generate")
    private String operation = "generate";

    @UriParam(description = "Name of the model: id, inference profile, ARN or alias")
    private String model;

    @UriParam(description = "The system prompt")
    private String systemPrompt;

    @UriParam(description = "Sampling temperature; its range is the model's")
    private Double temperature;

    @UriParam(description = "Nucleus sampling; its range is the model's")
    private Double topP;

    @UriParam(description = "Most tokens of output, at least 1")
    private Integer maxTokens;

    @UriParam(description = "Attempts after the first, 0 to 10")
    private Integer maxRetries;

    @UriParam(description = "At Caravan's own rate limit", enums = "reject,wait")
    private String onLimit;

    public CaravanEndpoint(String uri, CaravanComponent component) {
        super(uri, component);
    }

    @Override
    public Producer createProducer() {
        return new CaravanProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("caravan: asks a model; it cannot be consumed from");
    }

    public String getOperation() {
        return operation;
    }

    public String getModel() {
        return model;
    }

    public void setModel(String model) {
        this.model = model;
    }

    public String getSystemPrompt() {
        return systemPrompt;
    }

    public void setSystemPrompt(String systemPrompt) {
        this.systemPrompt = systemPrompt;
    }

    public Double getTemperature() {
        return temperature;
    }

    public void setTemperature(Double temperature) {
        this.temperature = temperature;
    }

    public Double getTopP() {
        return topP;
    }

    public void setTopP(Double topP) {
        this.topP = topP;
    }

    public Integer getMaxTokens() {
        return maxTokens;
    }

    public void setMaxTokens(Integer maxTokens) {
        this.maxTokens = maxTokens;
    }

    public Integer getMaxRetries() {
        return maxRetries;
    }

    public void setMaxRetries(Integer maxRetries) {
        this.maxRetries = maxRetries;
    }

    public String getOnLimit() {
        return onLimit;
    }

    public void setOnLimit(String onLimit) {
        this.onLimit = onLimit;
    }
}
