package dev.caravan.emulator.family;

import dev.caravan.emulator.answer.Conversation.Turn;
import java.util.ArrayList;
import java.util.List;

/** Reads prompts whose user turns stand between {@code [INST]} and {@code [/INST]}: Llama 2 and Mistral. */
final class InstructPrompt {
    private static final String OPEN = "[INST]";
    private static final String CLOSE = "[/INST]";
    private static final String SYSTEM_OPEN = "<<SYS>>";
    private static final String SYSTEM_CLOSE = "<</SYS>>";

    private InstructPrompt() {}

    static PromptText read(String prompt) {
        StringBuilder system = new StringBuilder();
        List<Turn> turns = new ArrayList<>();
        int open = prompt.indexOf(OPEN);
        while (open >= 0) {
            int close = prompt.indexOf(CLOSE, open);
            int next = close < 0 ? -1 : prompt.indexOf(OPEN, close);
            String user = prompt.substring(open + OPEN.length(), close < 0 ? prompt.length() : close);
            turns.add(new Turn(true, withoutSystem(user, system)));
            if (close >= 0) {
                addAnswer(prompt.substring(close + CLOSE.length(), next < 0 ? prompt.length() : next), turns);
            }
            open = next;
        }
        return PromptText.of(prompt, system.toString(), turns);
    }

    private static void addAnswer(String between, List<Turn> turns) {
        String answer = between.replace("</s>", "").replace("<s>", "").strip();
        if (!answer.isEmpty()) {
            turns.add(new Turn(false, answer));
        }
    }

    private static String withoutSystem(String user, StringBuilder system) {
        int open = user.indexOf(SYSTEM_OPEN);
        int close = user.indexOf(SYSTEM_CLOSE);
        if (open < 0 || close < open) {
            return user.strip();
        }
        system.append(user.substring(open + SYSTEM_OPEN.length(), close).strip());
        return user.substring(close + SYSTEM_CLOSE.length()).strip();
    }
}
