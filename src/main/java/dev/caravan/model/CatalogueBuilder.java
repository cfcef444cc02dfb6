package dev.caravan.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Lays the user's file over the shipped one, field by field, and each model over its family; then reads the
 * outcome. The shipped file alone is right (a test sees to it), so every problem is named as one of the user's file.
 */
final class CatalogueBuilder {
    /** Lists that grow; every other value of the user's file takes the place of the shipped one. */
    private static final Set<String> ADDED = Set.of("aliases", "arns");

    /** What a family says of itself and not of its models. */
    private static final List<String> FAMILY_ONLY = List.of("note", "assumed", "sources");

    private final String file;
    private final JsonNode own;
    private final JsonNode merged;
    private final List<String> problems = new ArrayList<>();

    CatalogueBuilder(String file, JsonNode shipped, ObjectNode own) {
        this.file = file;
        this.own = own;
        this.merged = merge(shipped, own);
    }

    Catalogue build() {
        checkTop();
        List<CatalogueEntry> entries = readEntries();
        stopOnProblems();
        Map<String, String> aliases = AliasTable.of(entries, ownAliases(), problems);
        Map<String, String> arns = arns(entries);
        Map<String, Model> models = new LinkedHashMap<>();
        for (CatalogueEntry entry : entries) {
            String id = entry.model().id();
            List<String> names = aliases.entrySet().stream()
                    .filter(alias -> alias.getValue().equals(id))
                    .map(Map.Entry::getKey)
                    .sorted(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
                    .toList();
            models.put(id, withAliases(entry.model(), names));
        }
        models.values().forEach(model -> checkSuccessor(model, models));
        stopOnProblems();
        return new Catalogue(models, aliases, arns);
    }

    private void checkTop() {
        merged.fieldNames().forEachRemaining(name -> {
            if (!Set.of("about", "families", "models").contains(name)) {
                problems.add(name + ": unknown field");
            } else if (!merged.get(name).isObject()) {
                problems.add(name + ": must be a map");
            }
        });
    }

    private List<CatalogueEntry> readEntries() {
        JsonNode families = merged.path("families");
        families.properties()
                .forEach(family -> EntryReader.checkFamily(
                        new Fields(family.getValue(), "families." + family.getKey(), problems)));
        List<CatalogueEntry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> model : merged.path("models").properties()) {
            String id = model.getKey();
            if (!model.getValue().isObject()) {
                problems.add("models." + id + ": must be a map");
                continue;
            }
            JsonNode whole = overFamily(id, model.getValue(), families);
            EntryReader.read(id, new Fields(whole, "models." + id, problems), problems)
                    .ifPresent(entries::add);
        }
        return entries;
    }

    private JsonNode overFamily(String id, JsonNode model, JsonNode families) {
        String name = model.path("family").asText("");
        JsonNode family = families.get(name);
        if (family == null) {
            if (!name.isEmpty()) {
                problems.add("models." + id + ".family: '" + name + "' is no family of the catalogue");
            }
            return model;
        }
        if (!(family instanceof ObjectNode rules)) {
            return model;
        }
        return merge(rules.deepCopy().remove(FAMILY_ONLY), model);
    }

    private Map<String, Set<String>> ownAliases() {
        Map<String, Set<String>> aliases = new LinkedHashMap<>();
        own.path("models").properties().forEach(model -> {
            Set<String> names = new LinkedHashSet<>();
            model.getValue()
                    .path("aliases")
                    .forEach(name -> names.add(name.asText().toLowerCase(Locale.ROOT)));
            aliases.put(model.getKey(), names);
        });
        return aliases;
    }

    private Map<String, String> arns(List<CatalogueEntry> entries) {
        Map<String, String> arns = new HashMap<>();
        for (CatalogueEntry entry : entries) {
            for (String arn : entry.arns()) {
                String holder = arns.putIfAbsent(arn, entry.model().id());
                if (holder != null) {
                    problems.add("models." + entry.model().id() + ".arns: '" + arn + "' stands for " + holder + " too");
                }
            }
        }
        return arns;
    }

    private void checkSuccessor(Model model, Map<String, Model> models) {
        model.lifecycle().successor().ifPresent(successor -> {
            if (successor.equals(model.id()) || !models.containsKey(successor)) {
                problems.add("models." + model.id() + ".successor: '" + successor
                        + "' must be the id of another model of the catalogue");
            }
        });
    }

    private void stopOnProblems() {
        if (!problems.isEmpty()) {
            throw new CatalogueException(
                    problems.stream().map(problem -> file + ": " + problem).toList());
        }
    }

    /** A copy of the lower tree with the upper one's fields in it. */
    private static JsonNode merge(JsonNode lower, JsonNode upper) {
        if (!(lower instanceof ObjectNode below) || !(upper instanceof ObjectNode above)) {
            return upper;
        }
        ObjectNode merged = below.deepCopy();
        above.properties().forEach(field -> {
            JsonNode old = merged.get(field.getKey());
            merged.set(field.getKey(), mergeField(field.getKey(), old, field.getValue()));
        });
        return merged;
    }

    private static JsonNode mergeField(String name, JsonNode old, JsonNode value) {
        if (ADDED.contains(name) && old instanceof ArrayNode shipped && value instanceof ArrayNode added) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            return all.addAll(shipped).addAll(added);
        }
        return old == null ? value : merge(old, value);
    }

    private static Model withAliases(Model model, List<String> aliases) {
        return new Model(
                model.id(),
                aliases,
                model.displayName(),
                model.vendor(),
                model.provider(),
                model.family(),
                model.kind(),
                model.format(),
                model.contextWindow(),
                model.maxOutputTokens(),
                model.released(),
                model.lifecycle(),
                model.prices(),
                model.capabilities(),
                model.rules(),
                model.profiles(),
                model.profileOnly());
    }
}
