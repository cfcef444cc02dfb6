package dev.caravan.model;

import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Shares out the aliases so that each means one model. First come those of the user's file, then those written in
 * the shipped one, then the names of lines (the newest model that is neither legacy nor retired), then the vendor
 * names, of which one that several models could bear goes to the newest that is not retired.
 */
final class AliasTable {
    private static final Comparator<CatalogueEntry> BY_RELEASE =
            Comparator.comparing(entry -> entry.model().released().orElse(LocalDate.MIN));

    private final List<CatalogueEntry> entries;
    private final Set<String> ids = new HashSet<>();
    private final Map<String, String> table = new LinkedHashMap<>();
    private final List<String> problems;

    private AliasTable(List<CatalogueEntry> entries, List<String> problems) {
        this.entries = entries;
        this.problems = problems;
        entries.forEach(entry -> ids.add(entry.model().id()));
    }

    /**
     * @param entries all models, in order
     * @param own aliases of the user's file: id to lower-case aliases
     * @param problems gets the aliases that would mean two models
     * @return alias to id
     */
    static Map<String, String> of(List<CatalogueEntry> entries, Map<String, Set<String>> own, List<String> problems) {
        AliasTable aliases = new AliasTable(entries, problems);
        aliases.addOwn(own);
        aliases.addWritten(own);
        aliases.addLines();
        aliases.addVendorNames();
        return aliases.table;
    }

    private void addOwn(Map<String, Set<String>> own) {
        own.forEach((id, names) -> names.forEach(name -> claim(id, name, table)));
    }

    private void addWritten(Map<String, Set<String>> own) {
        Map<String, String> written = new LinkedHashMap<>();
        for (CatalogueEntry entry : entries) {
            String id = entry.model().id();
            entry.aliases().stream()
                    .filter(name -> !own.getOrDefault(id, Set.of()).contains(name))
                    .forEach(name -> claim(id, name, written));
        }
        written.forEach(table::putIfAbsent);
    }

    private void claim(String id, String name, Map<String, String> names) {
        String holder = names.putIfAbsent(name, id);
        if (holder != null && !holder.equals(id)) {
            problems.add("models." + id + ".aliases: '" + name + "' is an alias of " + holder + " too");
        }
        if (ids.contains(name) && !name.equals(id)) {
            problems.add("models." + id + ".aliases: '" + name + "' is the id of another model");
        }
    }

    private void addLines() {
        Map<String, CatalogueEntry> newest = new LinkedHashMap<>();
        for (CatalogueEntry entry : entries) {
            if (entry.line() != null) {
                newest.merge(entry.line(), entry, (one, other) -> better(one, other, AliasTable::current));
            }
        }
        newest.forEach((line, entry) -> table.putIfAbsent(line, entry.model().id()));
    }

    private void addVendorNames() {
        Map<String, CatalogueEntry> best = new LinkedHashMap<>();
        for (CatalogueEntry entry : entries) {
            for (String name : VendorNames.of(entry.model().id())) {
                best.merge(name, entry, (one, other) -> better(one, other, AliasTable::notRetired));
            }
        }
        best.forEach((name, entry) -> {
            if (!ids.contains(name)) {
                table.putIfAbsent(name, entry.model().id());
            }
        });
    }

    /** The one in better standing, then the newer, then the later in the file. */
    private static CatalogueEntry better(
            CatalogueEntry one, CatalogueEntry other, Function<CatalogueEntry, Boolean> standing) {
        Comparator<CatalogueEntry> order = Comparator.comparing(standing).thenComparing(BY_RELEASE);
        return order.compare(one, other) > 0 ? one : other;
    }

    private static boolean current(CatalogueEntry entry) {
        return notRetired(entry) && entry.model().lifecycle().status() != Model.Status.LEGACY;
    }

    private static boolean notRetired(CatalogueEntry entry) {
        return entry.model().lifecycle().status() != Model.Status.RETIRED;
    }
}
