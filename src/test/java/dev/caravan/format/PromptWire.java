package dev.caravan.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.Usage;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * One reply of a family whose reply is one text, as Bedrock sends it in one piece and in chunks.
 *
 * @param shape llama, mistral, titan, deepseek, or imported
 * @param stopReason the model's word, or null
 * @param own the counts of the family's own body; unknown ones are left out
 * @param metrics those of Bedrock; all unknown: there are none
 * @param intervened whether a guardrail did
 */
record PromptWire(String shape, String stopReason, Usage own, Usage metrics, boolean intervened) {

    static String shape(String format) {
        return format.replaceAll("\\d|-.*", "");
    }

    /** The whole reply. */
    ObjectNode body(String text) {
        ObjectNode body = Json.object();
        switch (shape) {
            case "llama" ->
                body.put("generation", text)
                        .put("prompt_token_count", own.inputTokens())
                        .put("generation_token_count", own.outputTokens())
                        .put("stop_reason", stopReason);
            case "mistral" ->
                body.putArray("outputs").addObject().put("text", text).put("stop_reason", stopReason);
            case "titan" -> {
                body.put("inputTextTokenCount", own.inputTokens());
                body.putArray("results")
                        .addObject()
                        .put("tokenCount", own.outputTokens())
                        .put("outputText", text)
                        .put("completionReason", stopReason);
            }
            default -> {
                body.putArray("choices").addObject().put("text", text).put(stopField(), stopReason);
                body.putObject("usage")
                        .put("prompt_tokens", own.inputTokens())
                        .put("completion_tokens", own.outputTokens());
            }
        }
        if (intervened) {
            body.put("amazon-bedrock-guardrailAction", "INTERVENED");
        }
        return body;
    }

    /** The same in chunks, one for each piece; the last one has the stop reason and the counts. */
    List<ObjectNode> chunks(List<String> pieces) {
        List<ObjectNode> chunks = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            boolean last = i == pieces.size() - 1;
            ObjectNode chunk = chunk(pieces.get(i), i == 0, last ? stopReason : null, last ? own.outputTokens() : null);
            if (last && !metrics.equals(Usage.UNKNOWN)) {
                chunk.putObject("amazon-bedrock-invocationMetrics")
                        .put("inputTokenCount", metrics.inputTokens())
                        .put("outputTokenCount", metrics.outputTokens())
                        .put("cacheReadInputTokenCount", metrics.cacheReadTokens())
                        .put("cacheWriteInputTokenCount", metrics.cacheWriteTokens())
                        .put("invocationLatency", 3722);
            }
            if (intervened && i == 0) {
                chunk.put("amazon-bedrock-guardrailAction", "INTERVENED");
            } else if (last) {
                chunk.put("amazon-bedrock-guardrailAction", "NONE");
            }
            chunks.add(chunk);
        }
        return chunks;
    }

    /** A running count stands in all chunks where the family counts at all. */
    private ObjectNode chunk(String piece, boolean first, String stop, Long output) {
        Long input = first ? own.inputTokens() : null;
        Long running = output != null || own.outputTokens() == null ? output : Long.valueOf(1);
        ObjectNode chunk = Json.object();
        switch (shape) {
            case "llama" ->
                chunk.put("generation", piece)
                        .put("prompt_token_count", input)
                        .put("generation_token_count", running)
                        .put("stop_reason", stop);
            case "mistral" ->
                chunk.putArray("outputs").addObject().put("text", piece).put("stop_reason", stop);
            case "titan" ->
                chunk.put("outputText", piece)
                        .put("index", 0)
                        .put("totalOutputTextTokenCount", running)
                        .put("completionReason", stop)
                        .put("inputTextTokenCount", input);
            default -> {
                chunk.putArray("choices")
                        .addObject()
                        .put("index", 0)
                        .put("text", piece)
                        .put(stopField(), stop);
                chunk.putObject("usage").put("prompt_tokens", input).put("completion_tokens", running);
            }
        }
        return chunk;
    }

    private String stopField() {
        return shape.equals("deepseek") ? "stop_reason" : "finish_reason";
    }

    /** The text in pieces, cut before these indices, within a surrogate pair, too. */
    static List<String> cut(String text, List<Integer> at) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        List<Integer> ordered =
                at.stream().map(index -> index % (text.length() + 1)).sorted().toList();
        for (int to : ordered) {
            pieces.add(text.substring(from, to));
            from = to;
        }
        pieces.add(text.substring(from));
        return pieces;
    }
}
