package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.Deque;

/** What JSON may be to be worked with: not too deep, and without numbers and text that nobody can carry. */
final class JsonBounds {
    /**
     * Objects and arrays within each other. JSON is written to 1,000 levels, and a reply, or a conversation that is sent
     * back, has some around what was found.
     */
    static final int MAX_DEPTH = 900;

    /** Of one number. */
    static final int MAX_DIGITS = 1_000;

    /** Digits before or after the point: beyond, arithmetic of a short number takes gigabytes. */
    static final int MAX_EXPONENT = 1_000;

    private static final String HALF_PAIR = "text with half of a surrogate pair, which UTF-8 cannot carry";

    private record Level(JsonNode node, int depth) {}

    private JsonBounds() {}

    /** Why it cannot be used, or null. Takes no stack. */
    static String complaint(JsonNode root, int maxDepth, int maxNodes) {
        Deque<Level> open = new ArrayDeque<>();
        open.push(new Level(root, 1));
        int nodes = 0;
        while (!open.isEmpty()) {
            Level level = open.pop();
            JsonNode node = level.node();
            if (++nodes > maxNodes) {
                return "more than " + maxNodes + " values";
            }
            String complaint = node.isContainerNode() ? container(level, maxDepth) : scalar(node);
            if (complaint != null) {
                return complaint;
            }
            node.forEach(child -> open.push(new Level(child, level.depth() + 1)));
        }
        return null;
    }

    private static String container(Level level, int maxDepth) {
        if (level.depth() > maxDepth) {
            return "nesting deeper than " + maxDepth;
        }
        boolean halfPair = level.node().isObject()
                && level.node().properties().stream().anyMatch(member -> hasHalfPair(member.getKey()));
        return halfPair ? HALF_PAIR : null;
    }

    private static String scalar(JsonNode node) {
        if (node.isTextual()) {
            return hasHalfPair(node.textValue()) ? HALF_PAIR : null;
        }
        if (!node.isNumber()) {
            return node.isBoolean() || node.isNull() ? null : "a value that is not JSON";
        }
        if (node.isFloatingPointNumber() && !node.isBigDecimal()) {
            return Double.isFinite(node.doubleValue()) ? null : "a number that is not finite";
        }
        if (!node.isBigDecimal()) {
            return null;
        }
        BigDecimal value = node.decimalValue();
        return Math.abs((long) value.scale()) > MAX_EXPONENT
                ? "a number with an exponent beyond " + MAX_EXPONENT
                : null;
    }

    private static boolean hasHalfPair(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }
}
