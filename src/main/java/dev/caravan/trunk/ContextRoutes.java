package dev.caravan.trunk;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.util.StringHelper;
import org.apache.camel.util.URISupport;

/** The trunk's place in a context: its component and its routes, put there and taken away again. */
final class ContextRoutes {
    private static final Map<String, String> RESERVED = Map.of(
            TrunkRoutes.GENERATE_ID, TrunkRoutes.GENERATE,
            TrunkRoutes.STRUCTURED_ID, TrunkRoutes.STRUCTURED,
            TrunkRoutes.ANSWER_ID, TrunkRoutes.ANSWER,
            TrunkRoutes.ATTEMPT_ID, TrunkRoutes.ATTEMPT);

    private final ModelCamelContext context;
    private List<RouteDefinition> added = List.of();

    ContextRoutes(CamelContext context) {
        this.context = (ModelCamelContext) context;
    }

    /**
     * Adds the routes. While the context is on its way up, routes that are only added are never started and a call
     * to their {@code direct:} hangs; so their definitions are started here.
     *
     * @throws IllegalStateException when the host has a route or component in their place
     * @throws Exception what Camel throws for routes that cannot be added
     */
    void add(TrunkRoutes routes) throws Exception {
        requireFree();
        try {
            context.addRoutes(routes);
        } finally {
            added = List.copyOf(routes.getRouteCollection().getRoutes());
        }
        ServiceStatus status = context.getStatus();
        if (status == ServiceStatus.Initializing || status == ServiceStatus.Starting) {
            context.startRouteDefinitions(added);
        }
    }

    /** Camel would replace one route by the other without a word, and calls would hang. */
    private void requireFree() {
        for (RouteDefinition route : context.getRouteDefinitions()) {
            String id = route.getRouteId();
            if (RESERVED.containsKey(id)) {
                throw new IllegalStateException(
                        "The id of the route " + id + " is one of Caravan's own route ids; give the route another id.");
            }
            input(route).filter(Set.copyOf(RESERVED.values())::contains).ifPresent(uri -> {
                throw new IllegalStateException("The route " + (id == null ? "without an id" : id) + " consumes from "
                        + uri + ", which is Caravan's own entry; give it another name.");
            });
        }
    }

    /** What a route consumes from, in the short form and without options. */
    private Optional<String> input(RouteDefinition route) {
        if (route.getInput() == null || route.getInput().getEndpointUri() == null) {
            return Optional.empty();
        }
        try {
            String uri = URISupport.normalizeUri(
                    context.resolvePropertyPlaceholders(route.getInput().getEndpointUri()));
            return Optional.of(StringHelper.before(uri, "?", uri).replace("://", ":"));
        } catch (Exception e) {
            // Camel itself will say what is wrong with it.
            return Optional.empty();
        }
    }

    /**
     * Takes the routes away, so that the context can be started again without them.
     *
     * @throws Exception what Camel throws for routes that cannot be removed
     */
    void remove() throws Exception {
        for (RouteDefinition route : added) {
            if (!context.isStopping() && !context.isStopped()) {
                context.getRouteController().stopRoute(route.getRouteId());
            }
            context.removeRoute(route.getRouteId());
            context.removeRouteDefinition(route);
        }
        added = List.of();
    }
}
