package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.answer.Conversation.Tool;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The tools of Converse, which Nova's native body spells alike. */
final class ConverseTools {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]+");
    private static final int MAX_NAME = 64;

    private ConverseTools() {}

    /** Members and constraints of {@code toolConfig}. */
    static void checkShape(JsonNode config, Constraints constraints) {
        if (!config.isObject()) {
            return;
        }
        new SchemaFaults()
                .at("/toolConfig")
                .onlyKnown(config, Set.of("tools", "toolChoice"))
                .refuse();
        constraints.required(config, "tools", "toolConfig").size(config.path("tools"), "toolConfig.tools", 1, 10_000);
        for (int i = 0; i < config.path("tools").size(); i++) {
            spec(config.get("tools").get(i), i, constraints);
        }
        JsonNode choice = config.path("toolChoice");
        if (!choice.isMissingNode() && (choice.size() != 1 || kind(choice).isEmpty())) {
            throw AwsFailure.validation(SchemaFaults.UNREADABLE);
        }
    }

    private static void spec(JsonNode tool, int index, Constraints constraints) {
        new SchemaFaults()
                .at("/toolConfig/tools/" + index)
                .onlyKnown(tool, Set.of("toolSpec", "systemTool", "cachePoint"))
                .at("/toolConfig/tools/" + index + "/toolSpec")
                .onlyKnown(tool.path("toolSpec"), Set.of("name", "description", "inputSchema", "strict"))
                .refuse();
        JsonNode spec = tool.path("toolSpec");
        if (!spec.isObject()) {
            return;
        }
        String at = "toolConfig.tools." + (index + 1) + ".member.toolSpec";
        constraints
                .required(spec, "name", at)
                .required(spec, "inputSchema", at)
                .length(spec.path("name"), at + ".name", 1, MAX_NAME)
                .pattern(spec.path("name"), at + ".name", NAME)
                .length(spec.path("description"), at + ".description", 1, Integer.MAX_VALUE);
    }

    /** What the model takes of them, and whether the conversation fits them. */
    static void checkRules(JsonNode body, Model model) {
        JsonNode config = body.path("toolConfig");
        boolean used = usesTools(body.path("messages"));
        if ((used || config.isObject()) && !model.capabilities().tools()) {
            throw AwsFailure.validation("This model doesn't support tool use.");
        }
        if (used && !config.isObject()) {
            throw AwsFailure.validation(
                    "The toolConfig field must be defined when using toolUse and toolResult content blocks.");
        }
        checkNames(config.path("tools"));
        kind(config.path("toolChoice")).ifPresent(kind -> checkChoice(kind, config, model));
        checkTurns(body.path("messages"));
    }

    private static void checkNames(JsonNode tools) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < tools.size(); i++) {
            JsonNode spec = tools.get(i).path("toolSpec");
            JsonNode schema = spec.path("inputSchema").path("json");
            if (spec.isObject() && !"object".equals(schema.path("type").asText())) {
                throw AwsFailure.validation("The value at toolConfig.tools." + i
                        + ".toolSpec.inputSchema.json.type must be one of the following: object.");
            }
            if (spec.isObject() && !names.add(spec.path("name").asText())) {
                throw AwsFailure.validation("The tool " + spec.path("name").asText()
                        + " is already defined at toolConfig.tools." + i + ".");
            }
        }
    }

    private static void checkChoice(Model.ToolChoice kind, JsonNode config, Model model) {
        if (!model.rules().toolChoice().contains(kind)) {
            String field = "toolConfig.toolChoice." + kind.name().toLowerCase(Locale.ROOT);
            throw AwsFailure.validation(
                    "This model doesn't support the " + field + " field. Remove " + field + " and try again.");
        }
        if (kind == Model.ToolChoice.TOOL && forced(config).isEmpty()) {
            throw AwsFailure.byModel("Tool '"
                    + config.get("toolChoice").path("tool").path("name").asText() + "' not found in provided tools");
        }
    }

    /** The tool that must be called: the named one, or the first for {@code any}. */
    static Optional<Tool> forced(JsonNode config) {
        Model.ToolChoice kind = kind(config.path("toolChoice")).orElse(Model.ToolChoice.AUTO);
        JsonNode wanted = config.path("toolChoice").path("tool").path("name");
        for (JsonNode tool : config.path("tools")) {
            JsonNode spec = tool.path("toolSpec");
            boolean named = spec.path("name").equals(wanted);
            if (spec.isObject() && (kind == Model.ToolChoice.ANY || kind == Model.ToolChoice.TOOL && named)) {
                return Optional.of(new Tool(
                        spec.path("name").asText(), spec.path("inputSchema").path("json")));
            }
        }
        return Optional.empty();
    }

    private static Optional<Model.ToolChoice> kind(JsonNode choice) {
        return choice.has("auto")
                ? Optional.of(Model.ToolChoice.AUTO)
                : choice.has("any")
                        ? Optional.of(Model.ToolChoice.ANY)
                        : choice.has("tool") ? Optional.of(Model.ToolChoice.TOOL) : Optional.empty();
    }

    private static boolean usesTools(JsonNode messages) {
        for (JsonNode message : messages) {
            for (JsonNode block : message.path("content")) {
                if (block.has("toolUse") || block.has("toolResult")) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Every call is answered in the next message, and every result there answers one. */
    private static void checkTurns(JsonNode messages) {
        Set<String> open = Set.of();
        for (int i = 0; i <= messages.size(); i++) {
            JsonNode content = messages.path(i).path("content");
            Set<String> answered = ids(content, "toolResult", i);
            Set<String> missing = new LinkedHashSet<>(open);
            missing.removeAll(answered);
            if (!missing.isEmpty()) {
                throw AwsFailure.validation("Expected toolResult blocks at messages." + i
                        + ".content for the following Ids: " + String.join(", ", missing));
            }
            if (!open.containsAll(answered)) {
                throw AwsFailure.validation("The number of toolResult blocks at messages." + i
                        + ".content exceeds the number of toolUse blocks of previous turn.");
            }
            open = ids(content, "toolUse", i);
        }
    }

    private static Set<String> ids(JsonNode content, String member, int message) {
        Set<String> ids = new LinkedHashSet<>();
        for (JsonNode block : content) {
            String id = block.path(member).path("toolUseId").asText();
            if (block.has(member) && !ids.add(id)) {
                throw AwsFailure.validation(
                        "The " + member + " blocks at messages." + message + ".content contain duplicate Ids: " + id);
            }
        }
        return ids;
    }
}
