package dev.caravan.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which file gives a route which id; finds what Camel passes over in silence or tells without the file's name. */
final class RouteIds {
    private static final YAMLMapper YAML = new YAMLMapper();

    private final Map<String, String> owners = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    /** Notes the ids of a file; a text that is no YAML is left to Camel, which tells the line. */
    void claim(byte[] text, String file) {
        JsonNode root;
        try {
            root = YAML.readTree(text);
        } catch (IOException e) {
            return;
        }
        // Camel reads one other form: a Kubernetes resource, which has a kind.
        boolean resource = root.has("kind");
        boolean routes = resource || root.isArray() && !root.isEmpty();
        for (JsonNode item : root) {
            routes &= resource || item.isObject();
            String id = item.path("route").path("id").asText("");
            if (!id.isEmpty()) {
                claim(id, file);
            }
        }
        if (!routes) {
            problems.add(file + ": has no route; it must be a list that begins with - route:");
        }
    }

    void claim(String id, String owner) {
        String other = owners.putIfAbsent(id, owner);
        if (other != null) {
            problems.add(owner + ": the route id " + id + " is taken"
                    + (other.equals(owner) ? ": the file has it twice" : " by " + other));
        }
    }

    Optional<String> owner(String id) {
        return Optional.ofNullable(owners.get(id));
    }

    /** @throws StartException with a line for each problem */
    void throwOnProblems() {
        if (!problems.isEmpty()) {
            throw StartException.wrongInput(problems, null);
        }
    }
}
