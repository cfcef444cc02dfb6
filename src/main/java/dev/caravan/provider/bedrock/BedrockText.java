package dev.caravan.provider.bedrock;

/** Bounds text of others before it goes into a message of ours. */
final class BedrockText {
    private static final int MAX = 2000;

    private BedrockText() {}

    /** At most 2000 characters, control characters as spaces; empty for null. */
    static String bounded(String text) {
        if (text == null) {
            return "";
        }
        String part = text.length() <= MAX ? text : text.substring(0, MAX) + "…";
        StringBuilder clean = new StringBuilder(part.length());
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            clean.append(Character.isISOControl(c) ? ' ' : c);
        }
        return clean.toString().strip();
    }
}
