package dev.caravan.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A shipped file of routes with gates in it: places at which every exchange says so in the log, and stays. */
public final class GatedRoutes {
    /** What a gate logs. */
    public static final String REACHED = "GATE REACHED";

    private static final long HELD_MILLIS = 600_000;
    private static final YAMLMapper YAML = new YAMLMapper();

    private final JsonNode routes;
    private final List<String> gates = new ArrayList<>();

    /** @param shipped the file as it lies in the project's folder */
    public GatedRoutes(Path shipped) throws IOException {
        routes = YAML.readTree(shipped.toFile());
    }

    /** A gate before the step of that id. */
    public GatedRoutes before(String stepId) {
        return gate(stepId, 0);
    }

    /** A gate after the step of that id. */
    public GatedRoutes after(String stepId) {
        return gate(stepId, 1);
    }

    private GatedRoutes gate(String stepId, int offset) {
        if (!insert(routes, stepId, offset)) {
            throw new AssertionError("no step " + stepId);
        }
        gates.add((offset == 0 ? "before " : "after ") + stepId);
        return this;
    }

    private static boolean insert(JsonNode node, String stepId, int offset) {
        if (node instanceof ArrayNode steps) {
            for (int i = 0; i < steps.size(); i++) {
                if (isStep(steps.get(i), stepId)) {
                    steps.insert(i + offset, delay());
                    steps.insert(i + offset, YAML.createObjectNode().put("log", REACHED));
                    return true;
                }
            }
        }
        for (JsonNode child : node) {
            if (insert(child, stepId, offset)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isStep(JsonNode node, String stepId) {
        return node.size() == 1 && node.elements().next().path("id").asText().equals(stepId);
    }

    private static ObjectNode delay() {
        ObjectNode delay = YAML.createObjectNode();
        delay.putObject("delay").put("constant", Long.toString(HELD_MILLIS));
        return delay;
    }

    /** Where the gates are, such as {@code after files-ask}. */
    @Override
    public String toString() {
        return String.join(", ", gates);
    }

    /** Puts the file into a folder of routes, under the shipped one's name. */
    public void write(Path folder, String name) throws IOException {
        Files.writeString(Files.createDirectories(folder).resolve(name), YAML.writeValueAsString(routes));
    }
}
