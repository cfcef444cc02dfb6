package dev.caravan.format;

import java.util.function.Consumer;

/**
 * Holds back all from the first line on that may begin a call of a tool in a Llama model's text, with the white space before
 * it: {@link LlamaToolCalls#find}.
 */
final class CallFilter implements TextFilter {
    private final StringBuilder space = new StringBuilder();
    private char previous = '\n';
    private boolean holding;

    @Override
    public void add(String piece, Consumer<String> certain) {
        if (holding || piece.isEmpty()) {
            return;
        }
        int line = firstLine(piece);
        holding = line >= 0;
        int to = holding ? line : piece.length();
        int textEnd = to;
        while (textEnd > 0 && Character.isWhitespace(piece.charAt(textEnd - 1))) {
            textEnd--;
        }
        if (textEnd > 0) {
            String before = space.toString();
            space.setLength(0);
            certain.accept(before + piece.substring(0, textEnd));
        }
        space.append(piece, textEnd, to);
        previous = piece.charAt(piece.length() - 1);
    }

    /** Where the first line begins that may begin a call, or -1. */
    private int firstLine(String piece) {
        char before = previous;
        for (int i = 0; i < piece.length(); i++) {
            char c = piece.charAt(i);
            if (before == '\n' && LlamaToolCalls.mayBegin(c)) {
                return i;
            }
            before = c;
        }
        return -1;
    }
}
