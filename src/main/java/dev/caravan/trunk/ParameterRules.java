package dev.caravan.trunk;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.chat.Tool;
import dev.caravan.chat.ToolChoice;
import dev.caravan.config.Settings;
import dev.caravan.error.LlmException;
import dev.caravan.format.ForcedTool;
import dev.caravan.model.Model;
import dev.caravan.model.Model.Range;
import dev.caravan.model.Model.Sampling;
import dev.caravan.model.UnknownModels;
import dev.caravan.runtime.Texts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Holds a request against its model's rules. What the caller gave and the model cannot take is refused by name;
 * a default that it cannot take is left out or clamped.
 */
final class ParameterRules {
    /** As Converse and Claude take it. */
    private static final Pattern TOOL_NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    /** Where Caravan cuts the answer itself. */
    private static final int MAX_CUTS = 64;

    private static final int MAX_CUT_LENGTH = 1000;

    private final double defaultTemperature;
    private final int defaultMaxTokens;

    ParameterRules(Settings settings) {
        this.defaultTemperature = settings.temperature();
        this.defaultMaxTokens = settings.maxTokens();
    }

    /**
     * @return the request with defaults filled in
     * @throws LlmException {@code invalid_request} naming the parameter and the model's rule
     */
    LlmRequest apply(LlmRequest request, Model model) {
        checkSampling(request, model);
        checkMaxTokens(request, model);
        checkStop(request, model);
        checkTurns(request, model);
        checkTools(request, model);
        return request.useDefaults() ? withDefaults(request, model) : request;
    }

    private static void checkSampling(LlmRequest request, Model model) {
        Model.Rules rules = model.rules();
        checkSampled("temperature", request.temperature(), rules.temperature(), model);
        checkSampled("top_p", request.topP(), rules.topP(), model);
        if (rules.sampling() == Sampling.ONE && request.temperature() != null && request.topP() != null) {
            throw LlmException.invalid("temperature, top_p: " + model.id() + " takes one of them, not both together.");
        }
    }

    private static void checkSampled(String name, Double value, Range range, Model model) {
        if (value == null) {
            return;
        }
        if (model.rules().sampling() == Sampling.NONE) {
            throw LlmException.invalid(name + ": " + model.id() + " does not take it; leave it out.");
        }
        if (!range.contains(value)) {
            throw LlmException.invalid(
                    name + ": must be " + range + " for " + model.id() + ", not " + Texts.number(value) + ".");
        }
    }

    private static void checkMaxTokens(LlmRequest request, Model model) {
        Integer given = request.maxTokens();
        model.maxOutputTokens().filter(limit -> given != null && given > limit).ifPresent(limit -> {
            throw LlmException.invalid(
                    "max_tokens: must be at most " + limit + " for " + model.id() + ", not " + given + ".");
        });
    }

    private static void checkStop(LlmRequest request, Model model) {
        int limit = model.rules().maxStopSequences();
        // 0: the format has none, and Caravan cuts the answer itself.
        boolean cutHere = limit == 0;
        int most = cutHere ? MAX_CUTS : limit;
        if (request.stop().size() > most) {
            throw LlmException.invalid("stop: at most " + most + " stop sequences for " + model.id() + ", not "
                    + request.stop().size() + ".");
        }
        for (int i = 0; cutHere && i < request.stop().size(); i++) {
            int length = request.stop().get(i).length();
            if (length > MAX_CUT_LENGTH) {
                throw LlmException.invalid("stop[" + i + "]: at most " + MAX_CUT_LENGTH + " characters for "
                        + model.id() + ", not " + length + ".");
            }
        }
    }

    private static void checkTurns(LlmRequest request, Model model) {
        List<Message> turns = request.messages().stream()
                .filter(message -> message.role() != Role.SYSTEM)
                .toList();
        if (turns.isEmpty() || turns.get(0).role() != Role.USER) {
            throw LlmException.invalid("messages: the first message that is not a system message must be the user's.");
        }
        if (!model.rules().prefill() && turns.get(turns.size() - 1).role() == Role.ASSISTANT) {
            throw LlmException.invalid("messages: " + model.id()
                    + " does not continue an assistant message; the last message must be the user's.");
        }
    }

    private static void checkTools(LlmRequest request, Model model) {
        if (request.tools().isEmpty()) {
            if (request.toolChoice() != null && request.toolChoice().mode() != ToolChoice.Mode.NONE) {
                throw LlmException.invalid("tool_choice: needs tools.");
            }
            return;
        }
        if (!model.capabilities().tools()) {
            throw LlmException.invalid("tools: " + model.id() + " calls no tools.");
        }
        Set<String> names = new HashSet<>();
        for (Tool tool : request.tools()) {
            if (!TOOL_NAME.matcher(tool.name()).matches() || !names.add(tool.name())) {
                throw LlmException.invalid(
                        "tools: each needs a name of its own, 1 to 64 characters of [a-zA-Z0-9_-], not '"
                                + Texts.shorten(tool.name(), 64) + "'.");
            }
        }
        String wanted =
                request.toolChoice() == null ? null : request.toolChoice().name();
        if (wanted != null && !names.contains(wanted)) {
            throw LlmException.invalid("tool_choice: no tool is called '" + Texts.shorten(wanted, 64) + "'.");
        }
        ForcedTool.require(request, model);
    }

    private LlmRequest withDefaults(LlmRequest request, Model model) {
        LlmRequest.Builder filled = request.toBuilder();
        if (request.maxTokens() == null) {
            filled.maxTokens(defaultMaxTokens(model));
        }
        if (request.temperature() == null && takesDefaultTemperature(request, model)) {
            Range range = model.rules().temperature();
            filled.temperature(Math.min(range.max(), Math.max(range.min(), defaultTemperature)));
        }
        return filled.build();
    }

    /** At most what the model writes and half of its context window, so that there is room for the prompt. */
    private int defaultMaxTokens(Model model) {
        int room = model.contextWindow().map(window -> Math.max(1, window / 2)).orElse(defaultMaxTokens);
        return Math.min(
                Math.min(defaultMaxTokens, room), model.maxOutputTokens().orElse(defaultMaxTokens));
    }

    private static boolean takesDefaultTemperature(LlmRequest request, Model model) {
        // Nobody knows whether such a model takes one; tokens of output have to be bounded all the same.
        if (UnknownModels.isUnknown(model)) {
            return false;
        }
        return switch (model.rules().sampling()) {
            case BOTH -> true;
            case ONE -> request.topP() == null;
            case NONE -> false;
        };
    }
}
