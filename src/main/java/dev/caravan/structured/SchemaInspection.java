package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.error.LlmException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;

/**
 * What is looked at in a schema before the engine sees it: that each reference stays inside and leads somewhere, that none
 * leads back to itself without end, and that regular expressions can be read. Each complaint names its place.
 */
final class SchemaInspection {
    /** The base of a schema that names itself nothing; nobody can own it (RFC 2606). */
    static final URI NOWHERE = URI.create("https://caravan.invalid/schema");

    private static final List<String> REFERENCES = List.of("$ref", "$dynamicRef", "$recursiveRef");

    /**
     * A schema in the document.
     *
     * @param base of its references
     * @param path JSON Pointer
     */
    record Place(JsonNode node, URI base, String path) {}

    /**
     * A reference that was followed.
     *
     * @param target null for a meta-schema
     * @param address what it says, in full
     */
    record Reference(JsonNode from, String keyword, Place target, URI address) {}

    /**
     * What was seen.
     *
     * @param bases of all schemas in the document, by identity
     */
    record Inspected(Map<JsonNode, URI> bases, List<Reference> references) {}

    private record Pending(Place from, String keyword, String reference) {}

    private final Draft draft;
    private final Map<URI, Place> resources = new HashMap<>();
    private final Map<String, Place> anchors = new HashMap<>();
    private final Map<JsonNode, URI> bases = new IdentityHashMap<>();
    private final Map<JsonNode, List<JsonNode>> sameValue = new IdentityHashMap<>();
    private final Deque<Place> open = new ArrayDeque<>();
    private final List<Pending> references = new ArrayList<>();
    private final List<Reference> followed = new ArrayList<>();

    private SchemaInspection(Draft draft) {
        this.draft = draft;
    }

    /** @throws LlmException invalid_request */
    static Inspected inspect(JsonNode schema, Draft draft) {
        SchemaInspection inspection = new SchemaInspection(draft);
        inspection.run(schema);
        return new Inspected(inspection.bases, inspection.followed);
    }

    private void run(JsonNode schema) {
        resources.put(NOWHERE, new Place(schema, NOWHERE, ""));
        open.add(new Place(schema, NOWHERE, ""));
        walk();
        // What a reference leads to is a schema too, wherever it stands.
        for (int i = 0; i < references.size(); i++) {
            Pending pending = references.get(i);
            Place target = resolve(pending);
            if (target != null) {
                sameValue
                        .computeIfAbsent(pending.from().node(), node -> new ArrayList<>())
                        .add(target.node());
                if (!bases.containsKey(target.node())) {
                    open.add(target);
                    walk();
                }
            }
        }
        refuseEndless(schema);
    }

    private void walk() {
        while (!open.isEmpty()) {
            Place place = open.poll();
            JsonNode node = place.node();
            if (!node.isObject() || bases.containsKey(node)) {
                continue;
            }
            URI base = named(place);
            bases.put(node, base);
            look(new Place(node, base, place.path()));
            SchemaKeywords.forEach(node, (path, child, same) -> {
                if (same) {
                    sameValue.computeIfAbsent(node, n -> new ArrayList<>()).add(child);
                }
                open.add(new Place(child, base, place.path() + path));
            });
        }
    }

    /** The base of references in a schema; remembers the names that it goes by. */
    private URI named(Place place) {
        JsonNode node = place.node();
        URI base = place.base();
        JsonNode id = node.get(draft.idKeyword());
        if (id != null && id.isTextual() && (draft.hasAnchors() || !node.has("$ref"))) {
            URI name = address(place, draft.idKeyword(), base, id.textValue());
            if (name.getRawFragment() != null && !name.getRawFragment().isEmpty()) {
                name(anchors, name.toString(), place);
                name = withoutFragment(name);
            } else {
                base = withoutFragment(name);
                refuseMetaSchemaName(place, base);
                name(resources, base, place);
            }
        }
        if (draft.hasAnchors()) {
            for (String keyword : List.of("$anchor", "$dynamicAnchor")) {
                if (node.path(keyword).isTextual()) {
                    name(anchors, base + "#" + node.path(keyword).textValue(), place);
                }
            }
        }
        return base;
    }

    private static <T> void name(Map<T, Place> names, T name, Place place) {
        Place other = names.putIfAbsent(name, place);
        if (other != null && other.node() != place.node()) {
            throw complaint(place.path(), "has the same name as another part of the schema");
        }
    }

    private static void refuseMetaSchemaName(Place place, URI name) {
        if (Draft.byAddress(name.toString()) != null) {
            throw complaint(place.path(), "must not take the name of a draft of JSON Schema");
        }
    }

    private void look(Place place) {
        JsonNode node = place.node();
        if (node.path("$schema").isTextual()
                && Draft.byAddress(node.path("$schema").textValue()) != draft) {
            throw complaint(place.path() + "/$schema", "must be that of the whole schema");
        }
        for (String keyword : REFERENCES) {
            if (node.path(keyword).isTextual()) {
                references.add(new Pending(place, keyword, node.path(keyword).textValue()));
            }
        }
        if (node.path("pattern").isTextual()) {
            readable(place.path() + "/pattern", node.path("pattern").textValue());
        }
        node.path("patternProperties").fieldNames().forEachRemaining(pattern -> {
            readable(place.path() + "/patternProperties/" + SchemaKeywords.escape(pattern), pattern);
        });
    }

    private static void readable(String path, String pattern) {
        try {
            TimedPatterns.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw complaint(path, "is no regular expression that can be read");
        }
    }

    /** The schema that a reference leads to; null when it is a meta-schema. */
    private Place resolve(Pending pending) {
        Place from = pending.from();
        String path = from.path() + "/" + pending.keyword();
        URI address = address(from, pending.keyword(), from.base(), pending.reference());
        URI document = withoutFragment(address);
        String fragment = address.getRawFragment() == null ? "" : address.getRawFragment();
        Place root = resources.get(document);
        if (root == null) {
            if (Draft.byAddress(document.toString()) != null && fragment.isEmpty()) {
                followed.add(new Reference(from.node(), pending.keyword(), null, document));
                return null;
            }
            throw complaint(path, "refers to another place; only references within the schema are followed");
        }
        Place target = root;
        if (fragment.startsWith("/")) {
            String pointer = pointer(path, fragment);
            target = new Place(root.node().at(pointer), document, root.path() + pointer);
        } else if (!fragment.isEmpty()) {
            target = anchors.get(document + "#" + fragment);
        }
        if (target == null || !target.node().isObject() && !target.node().isBoolean()) {
            throw complaint(path, "leads to no schema");
        }
        followed.add(new Reference(from.node(), pending.keyword(), target, address));
        return new Place(target.node(), document, target.path());
    }

    private static String pointer(String path, String fragment) {
        try {
            return URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw complaint(path, "is no reference that can be read");
        }
    }

    private static URI address(Place place, String keyword, URI base, String reference) {
        try {
            URI given = URI.create(reference);
            // The empty reference is the document itself; java.net.URI would take its folder.
            return reference.isEmpty() || reference.startsWith("#")
                    ? URI.create(base + reference)
                    : base.resolve(given);
        } catch (IllegalArgumentException e) {
            throw complaint(place.path() + "/" + keyword, "is no reference that can be read");
        }
    }

    private static URI withoutFragment(URI address) {
        String text = address.toString();
        int at = text.indexOf('#');
        return at < 0 ? address : URI.create(text.substring(0, at));
    }

    /** Schemas of one and the same value that lead back to themselves never end. */
    private void refuseEndless(JsonNode root) {
        Map<JsonNode, Boolean> done = new IdentityHashMap<>();
        for (JsonNode start : sameValue.keySet()) {
            Deque<JsonNode> way = new ArrayDeque<>();
            way.push(start);
            while (!way.isEmpty()) {
                JsonNode node = way.peek();
                if (done.putIfAbsent(node, false) != null) {
                    done.put(node, true);
                    way.pop();
                    continue;
                }
                for (JsonNode next : sameValue.getOrDefault(node, List.of())) {
                    Boolean state = done.get(next);
                    if (Boolean.FALSE.equals(state)) {
                        throw complaint("", "has a reference that leads back to itself without end");
                    }
                    if (state == null) {
                        way.push(next);
                    }
                }
            }
        }
    }

    static LlmException complaint(String path, String rule) {
        String place = path.length() > 200 ? path.substring(0, 200) + "…" : path;
        return LlmException.invalid("schema" + (place.isEmpty() ? "" : " at " + place) + ": " + rule);
    }
}
