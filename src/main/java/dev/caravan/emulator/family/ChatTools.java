package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.answer.Conversation.Tool;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import dev.caravan.model.Model.ToolChoice;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks {@code tools} and {@code tool_choice} in OpenAI's manner, with a family's words for the choices. */
final class ChatTools {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    private final ChatWords words;
    private final Map<String, ToolChoice> choices;
    private final Model model;

    /** @param choices the words that {@code tool_choice} knows */
    ChatTools(ChatWords words, Map<String, ToolChoice> choices, Model model) {
        this.words = words;
        this.choices = choices;
        this.model = model;
    }

    void check(JsonNode body) {
        checkTools(body.path("tools"));
        if (body.has("tool_choice")) {
            if (body.path("tools").isEmpty()) {
                throw AwsFailure.byModel("'tool_choice' is only allowed when 'tools' are specified.");
            }
            checkChoice(body.get("tool_choice"), body);
        }
    }

    private void checkTools(JsonNode tools) {
        if (!tools.isEmpty() && !model.capabilities().tools()) {
            throw AwsFailure.validation("This model doesn't support tool use.");
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < tools.size(); i++) {
            String at = "/tools/" + i;
            String type = words.text(tools.get(i), at, "type");
            if (!"function".equals(type)) {
                throw words.value(at + "/type", type, List.of("function"));
            }
            JsonNode function = words.object(tools.get(i), at, "function");
            String name = words.text(function, at + "/function", "name");
            if (!NAME.matcher(name).matches()) {
                throw AwsFailure.byModel("Function name was " + name
                        + " but must be a-z, A-Z, 0-9, or contain underscores and dashes, with a maximum length of"
                        + " 64.");
            }
            if (!names.add(name)) {
                throw AwsFailure.byModel("Tool names must be unique: " + name);
            }
            if (function.has("parameters")) {
                words.object(function, at + "/function", "parameters");
            }
        }
    }

    private void checkChoice(JsonNode choice, JsonNode body) {
        boolean named = choice.isObject() && choices.containsValue(ToolChoice.ANY) && choices.containsKey("required");
        if (!choice.isTextual() && !named) {
            throw words.type("/tool_choice", choice, ChatWords.STRING);
        }
        if (choice.isTextual() && !choices.containsKey(choice.textValue())) {
            throw words.value("/tool_choice", choice.textValue(), choices.keySet());
        }
        if (named) {
            String name = words.text(words.object(choice, "/tool_choice", "function"), "/tool_choice/function", "name");
            if (forced(body).isEmpty()) {
                throw AwsFailure.byModel("Tool choice '" + name + "' not found in 'tools'.");
            }
        }
        ToolChoice asked = named ? ToolChoice.TOOL : choices.get(choice.textValue());
        if (asked != ToolChoice.AUTO && !model.rules().toolChoice().contains(asked)) {
            throw AwsFailure.byModel("tool_choice: "
                    + (named ? "a named function" : "'" + choice.textValue() + "'")
                    + " is not supported for this model");
        }
    }

    /** The tool that must be called: the named one, or the first of those of which one must be. */
    Optional<Tool> forced(JsonNode body) {
        JsonNode choice = body.path("tool_choice");
        boolean any = choices.get(choice.asText()) == ToolChoice.ANY;
        JsonNode name = choice.path("function").path("name");
        for (JsonNode tool : body.path("tools")) {
            JsonNode function = tool.path("function");
            if (any || function.path("name").equals(name)) {
                return Optional.of(new Tool(function.path("name").asText(), function.path("parameters")));
            }
        }
        return Optional.empty();
    }
}
