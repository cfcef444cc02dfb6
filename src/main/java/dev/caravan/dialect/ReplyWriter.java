package dev.caravan.dialect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.runtime.Json;

/** Writes a reply of Caravan's own API. */
public final class ReplyWriter {
    private ReplyWriter() {}

    public static ObjectNode write(LlmReply reply) {
        ObjectNode node = origin(reply);
        node.put("text", reply.text());
        if (reply.reasoning() != null) {
            node.put("reasoning", reply.reasoning());
        }
        return outcome(node, reply);
    }

    /** What is left to say of a reply whose text and reasoning were given out as they came. */
    static ObjectNode withoutText(LlmReply reply) {
        return outcome(origin(reply), reply);
    }

    private static ObjectNode origin(LlmReply reply) {
        ObjectNode node = Json.object();
        node.put("id", reply.id());
        node.put("model", reply.model());
        node.put("provider", reply.provider());
        if (reply.region() != null) {
            node.put("region", reply.region());
        }
        return node;
    }

    private static ObjectNode outcome(ObjectNode node, LlmReply reply) {
        if (!reply.toolCalls().isEmpty()) {
            ArrayNode calls = node.putArray("tool_calls");
            reply.toolCalls()
                    .forEach(call -> calls.addObject()
                            .put("id", call.id())
                            .put("name", call.name())
                            .set("input", call.input()));
        }
        if (reply.data() != null) {
            node.set("data", reply.data());
        }
        if (reply.validation() != null) {
            node.putObject("validation")
                    .put("mode", reply.validation().mode().word())
                    .put("attempts", reply.validation().attempts())
                    .put("repaired", reply.validation().repaired());
        }
        String stopReason = reply.stopReason().word();
        node.put("stop_reason", stopReason);
        if (reply.stopReasonRaw() != null && !reply.stopReasonRaw().equals(stopReason)) {
            node.put("stop_reason_raw", reply.stopReasonRaw());
        }
        node.set("usage", Problem.usage(reply.usage()));
        node.put("attempts", reply.attempts());
        node.put("latency_ms", reply.latency().toMillis());
        node.put("emulated", reply.emulated());
        return node;
    }
}
