package dev.caravan.component;

import dev.caravan.chat.Structured;
import dev.caravan.runtime.Texts;
import dev.caravan.runtime.Workers;
import java.util.Set;
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
 * dev.caravan.chat.LlmRequest}; body out: an {@link dev.caravan.chat.LlmReply}, or with
 * {@code stream=true} an {@link dev.caravan.chat.LlmStream}; failure: an {@link
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
    static final String STRUCTURED = "structured";
    static final Set<String> OPERATIONS = Set.of("generate", STRUCTURED);
    private static final int MAX_RETRIES = 10;
    private static final int SHOWN = 60;

    @UriPath(description = "What to do", enums = "generate,structured")
    private final String operation;

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

    @UriParam(description = "Whether the body out is an LlmStream that gives the answer as it comes")
    private boolean stream;

    @UriParam(
            description = "Whether the message cannot change what the URI and the settings say: headers are ignored, of"
                    + " the body counts the conversation only, and text is always the prompt, never JSON")
    private boolean pinned;

    @UriParam(description = "Of structured only: name of the schema that the answer is valid against")
    private String schemaName;

    @UriParam(description = "Of structured only: times that an invalid answer is sent back to the model, 0 to 5")
    private Integer maxRepairs;

    public CaravanEndpoint(String uri, CaravanComponent component, String operation) {
        super(uri, component);
        this.operation = operation;
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

    /** Whether the answer is valid against a schema. */
    boolean structured() {
        return STRUCTURED.equals(operation);
    }

    /** Where routes go on that read a stream. */
    Workers readers() {
        return ((CaravanComponent) getComponent()).readers();
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

    public boolean isStream() {
        return stream;
    }

    public void setStream(boolean stream) {
        this.stream = stream;
    }

    public boolean isPinned() {
        return pinned;
    }

    public void setPinned(boolean pinned) {
        this.pinned = pinned;
    }

    public String getSchemaName() {
        return schemaName;
    }

    public void setSchemaName(String schemaName) {
        this.schemaName = schemaName;
    }

    public Integer getMaxRepairs() {
        return maxRepairs;
    }

    public void setMaxRepairs(Integer maxRepairs) {
        this.maxRepairs = maxRepairs;
    }

    /** @throws IllegalArgumentException naming an option that no call could use */
    void checkOptions() {
        if (model != null && Texts.isBlank(model)) {
            throw new IllegalArgumentException("model: must not be blank; leave it out for the default");
        }
        if (maxTokens != null && maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens: must be at least 1, not " + maxTokens);
        }
        if (maxRetries != null && (maxRetries < 0 || maxRetries > MAX_RETRIES)) {
            throw new IllegalArgumentException(
                    "maxRetries: must be between 0 and " + MAX_RETRIES + ", not " + maxRetries);
        }
        if (!structured() && (schemaName != null || maxRepairs != null)) {
            throw new IllegalArgumentException("schemaName, maxRepairs: belong to caravan:structured");
        }
        if (maxRepairs != null && (maxRepairs < 0 || maxRepairs > Structured.MAX_REPAIRS)) {
            throw new IllegalArgumentException(
                    "maxRepairs: must be between 0 and " + Structured.MAX_REPAIRS + ", not " + maxRepairs);
        }
        if (schemaName != null && !Structured.isName(schemaName)) {
            throw new IllegalArgumentException("schemaName: must be " + Structured.NAME_RULE + ", not \""
                    + Texts.shorten(schemaName, SHOWN) + "\"");
        }
        if (structured() && pinned && schemaName == null) {
            throw new IllegalArgumentException("schemaName: required with pinned=true, which takes none of a message");
        }
        requireNotNegative("temperature", temperature);
        requireNotNegative("topP", topP);
        if (onLimit != null) {
            OptionReading.onLimit("onLimit", onLimit);
        }
    }

    private static void requireNotNegative(String name, Double value) {
        if (value != null && !(value >= 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(name + ": must be a number of at least 0, not " + value);
        }
    }
}
