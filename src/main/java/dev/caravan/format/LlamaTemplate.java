package dev.caravan.format;

import dev.caravan.chat.Block;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Message;
import dev.caravan.chat.Role;
import dev.caravan.error.LlmException;
import dev.caravan.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The prompt of Llama 3 and 4, which differ in their tokens only: for each turn a header with the role, a blank line,
 * the trimmed content and an end token; last the header of the assistant, left open.
 *
 * <p>Tools are described in the first turn of the user, a call is a turn of the assistant and a result one of the
 * role {@code ipython}. The model was trained on one call a turn, so several calls become several turns, each followed
 * by its result.
 *
 * <p>Source: Meta's model cards "Llama 3.1" and "Llama 4", prompt formats.
 *
 * @param headerStart token before the role
 * @param headerEnd token after the role
 * @param turnEnd token after the content
 */
record LlamaTemplate(String headerStart, String headerEnd, String turnEnd) {
    private static final String BEGIN = "<|begin_of_text|>";

    private record Section(String role, String content) {}

    /**
     * A model without tools is told of earlier calls and results in words.
     *
     * @throws LlmException {@code invalid_request} when tools are offered to a model that takes none, or a call of
     *     one is demanded
     */
    String prompt(LlmRequest request, Model model) {
        ToolOffer offer = ToolOffer.of(request, model, false);
        Turns turns = History.turns(request, offer.plain());
        List<Section> sections = new ArrayList<>();
        if (turns.systemText() != null) {
            sections.add(new Section("system", turns.systemText()));
        }
        sections.addAll(sections(turns.turns()));
        if (LlamaToolCalls.offered(request)) {
            define(LlamaToolText.definitions(offer.tools()), sections);
        }
        return sections.stream()
                .map(section -> header(section.role())
                        + SpecialTokens.LLAMA.breakUp(section.content().strip())
                        + turnEnd)
                .collect(Collectors.joining("", BEGIN, header("assistant")));
    }

    private String header(String role) {
        return headerStart + role + headerEnd + "\n\n";
    }

    private static void define(String definitions, List<Section> sections) {
        for (int i = 0; i < sections.size(); i++) {
            Section section = sections.get(i);
            if (section.role().equals("user")) {
                sections.set(i, new Section("user", definitions + "\n\n" + section.content()));
                return;
            }
        }
        boolean system = sections.get(0).role().equals("system");
        sections.add(system ? 1 : 0, new Section("user", definitions));
    }

    private static List<Section> sections(List<Message> turns) {
        List<Section> sections = new ArrayList<>();
        List<Block.ToolResult> written = new ArrayList<>();
        for (int i = 0; i < turns.size(); i++) {
            Message turn = turns.get(i);
            if (turn.role() == Role.ASSISTANT) {
                List<Block.ToolResult> results = i + 1 < turns.size() ? results(turns.get(i + 1)) : List.of();
                written = writeCalls(turn, results, sections);
            } else {
                for (Block.ToolResult result : results(turn)) {
                    if (!written.contains(result)) {
                        sections.add(new Section("ipython", LlamaToolText.result(result)));
                    }
                }
                if (hasText(turn)) {
                    sections.add(new Section("user", turn.text()));
                }
                written = List.of();
            }
        }
        return sections;
    }

    /** Writes an assistant's turn, each of its calls with its result; returns the results that it has written. */
    private static List<Block.ToolResult> writeCalls(
            Message turn, List<Block.ToolResult> results, List<Section> sections) {
        List<Block.ToolUse> calls = turn.content().stream()
                .filter(Block.ToolUse.class::isInstance)
                .map(Block.ToolUse.class::cast)
                .toList();
        if (calls.isEmpty()) {
            sections.add(new Section("assistant", turn.text()));
            return List.of();
        }
        List<Block.ToolResult> written = new ArrayList<>();
        String before = hasText(turn) ? turn.text().strip() + "\n" : "";
        for (Block.ToolUse call : calls) {
            sections.add(new Section("assistant", before + LlamaToolText.call(call)));
            before = "";
            results.stream()
                    .filter(result -> result.toolUseId().equals(call.id()) && !written.contains(result))
                    .findFirst()
                    .ifPresent(result -> {
                        sections.add(new Section("ipython", LlamaToolText.result(result)));
                        written.add(result);
                    });
        }
        return written;
    }

    private static List<Block.ToolResult> results(Message turn) {
        return turn.content().stream()
                .filter(Block.ToolResult.class::isInstance)
                .map(Block.ToolResult.class::cast)
                .toList();
    }

    private static boolean hasText(Message turn) {
        return turn.content().stream().anyMatch(Block.Text.class::isInstance);
    }
}
