package dev.caravan.observe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.util.Collection;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;

/**
 * What the health pages say. Checks show their names and states only: their messages may tell of the inside.
 *
 * <p>Camel's checks may block, so the pages are not for event loops, {@link #live()} excepted.
 */
public final class Health {
    private final HealthState state;
    private final CamelContext context;

    /**
     * @param state whether the doors are open
     * @param context the context whose health checks are asked
     */
    public Health(HealthState state, CamelContext context) {
        this.state = state;
        this.context = context;
    }

    /**
     * A page.
     *
     * @param up whether all is well: status 200, else 503
     * @param body {@code {"emulated","status","checks":[{"name","status"}]}}
     */
    public record Page(boolean up, ObjectNode body) {}

    /** The process runs. */
    public Page live() {
        return page(true, List.of());
    }

    /** It takes requests: doors are open, it isn't stopping, and Camel's readiness checks agree. */
    public Page ready() {
        return page(state.ready(), HealthCheckHelper.invokeReadiness(context));
    }

    /** Everything together. */
    public Page all() {
        return page(state.ready(), HealthCheckHelper.invoke(context));
    }

    private Page page(boolean up, Collection<HealthCheck.Result> results) {
        boolean allUp = up;
        ArrayNode checks = Json.object().arrayNode();
        checks.addObject().put("name", "caravan").put("status", word(up));
        for (HealthCheck.Result result : results) {
            boolean resultUp = result.getState() != HealthCheck.State.DOWN;
            allUp &= resultUp;
            checks.addObject().put("name", result.getCheck().getId()).put("status", word(resultUp));
        }
        ObjectNode body = Json.object();
        body.put("emulated", state.emulated());
        body.put("status", word(allUp));
        body.set("checks", checks);
        return new Page(allUp, body);
    }

    private static String word(boolean up) {
        return up ? "UP" : "DOWN";
    }
}
