package dev.caravan.app;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Makes lines for the user of what Camel throws for a broken route file: what, file, and line where it knows it. */
final class RouteProblem {
    private RouteProblem() {}

    static StartException of(Exception failure) {
        Set<String> lines = new LinkedHashSet<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StartException known) {
                return known;
            }
            if (cause.getMessage() != null) {
                lines.add(cause.getMessage().lines().map(String::strip).reduce("", RouteProblem::joined));
            }
        }
        List<String> problems = new ArrayList<>();
        problems.add("The routes cannot be started:");
        problems.addAll(lines.isEmpty() ? List.of(failure.toString()) : lines);
        return StartException.wrongInput(problems, failure);
    }

    private static String joined(String text, String line) {
        return line.isEmpty() ? text : text.isEmpty() ? line : text + " " + line;
    }
}
