package dev.caravan.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Suggests names for one that nobody bears: by edit distance, or because the one contains the other. */
final class NearestNames {
    private static final int MOST = 3;
    private static final int LONGEST = 128;

    private final Map<String, Model> byName = new HashMap<>();

    NearestNames(Catalogue catalogue) {
        for (Model model : catalogue.all()) {
            byName.put(model.id(), model);
            model.aliases().forEach(alias -> byName.put(alias, model));
        }
    }

    private record Candidate(String name, int distance) {}

    /** Up to three names, nearest first, then living ones, then shortest, each of another model; empty when none is near. */
    List<String> of(String unknown) {
        String wanted = unknown.toLowerCase(Locale.ROOT);
        if (wanted.length() > LONGEST) {
            return List.of();
        }
        int limit = Math.max(2, wanted.length() / 3);
        List<Candidate> near = new ArrayList<>();
        for (String name : byName.keySet()) {
            int distance = distance(wanted, name);
            if (distance <= limit) {
                near.add(new Candidate(name, distance));
            }
        }
        near.sort(Comparator.comparingInt(Candidate::distance)
                .thenComparing(candidate -> retired(candidate.name()))
                .thenComparingInt(candidate -> candidate.name().length())
                .thenComparing(Candidate::name));
        Set<String> seen = new HashSet<>();
        return near.stream()
                .map(Candidate::name)
                .filter(name -> seen.add(byName.get(name).id()))
                .limit(MOST)
                .toList();
    }

    private boolean retired(String name) {
        return byName.get(name).lifecycle().status() == Model.Status.RETIRED;
    }

    private static int distance(String wanted, String name) {
        boolean part = wanted.length() > 3 && name.contains(wanted);
        return part ? 1 : edits(wanted, name.toLowerCase(Locale.ROOT));
    }

    /** Levenshtein's distance. */
    private static int edits(String one, String other) {
        int[] previous = new int[other.length() + 1];
        for (int j = 0; j < previous.length; j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[previous.length];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = previous[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(previous[j], row[j - 1]) + 1);
            }
            previous = row;
        }
        return previous[other.length()];
    }
}
