package dev.caravan.format;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Holds back what may be a run of end tokens at the text's end, with white space among them: {@link PromptAnswer#trimmed}. */
final class EndTokenFilter implements TextFilter {
    private static final int NO_TOKEN = -1;

    private final List<String> tokens;
    private final String starts;
    private final StringBuilder held = new StringBuilder();
    private int tokenAt = NO_TOKEN;

    /** @param tokens none begins another, and what one begins with stands nowhere else in any */
    EndTokenFilter(List<String> tokens) {
        this.tokens = tokens;
        this.starts = tokens.stream().map(token -> token.substring(0, 1)).collect(Collectors.joining());
    }

    @Override
    public void add(String piece, Consumer<String> certain) {
        StringBuilder free = new StringBuilder();
        for (int i = 0; i < piece.length(); i++) {
            next(piece.charAt(i), free);
        }
        if (!free.isEmpty()) {
            certain.accept(free.toString());
        }
    }

    private void next(char c, StringBuilder free) {
        if (starts.indexOf(c) >= 0) {
            if (tokenAt != NO_TOKEN) {
                release(free);
            }
            tokenAt = held.length();
        } else if (tokenAt == NO_TOKEN && (held.isEmpty() || !Character.isWhitespace(c))) {
            release(free);
            free.append(c);
            return;
        }
        held.append(c);
        if (tokenAt != NO_TOKEN) {
            checkToken(free);
        }
    }

    private void checkToken(StringBuilder free) {
        String begun = held.substring(tokenAt);
        if (tokens.contains(begun)) {
            tokenAt = NO_TOKEN;
        } else if (tokens.stream().noneMatch(token -> token.startsWith(begun))) {
            release(free);
        }
    }

    private void release(StringBuilder free) {
        free.append(held);
        held.setLength(0);
        tokenAt = NO_TOKEN;
    }
}
