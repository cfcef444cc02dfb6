package dev.caravan.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;

/** Makes lines for the user of what Camel throws for a broken route file: what, file, and line where it knows it. */
final class RouteProblem {
    private RouteProblem() {}

    /** @param fileOf the file of a route id, where one is known */
    static StartException of(Exception failure, Function<String, Optional<String>> fileOf) {
        List<String> lines = new ArrayList<>();
        Optional<String> file = Optional.empty();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StartException known) {
                return known;
            }
            if (cause.getMessage() != null) {
                lines.add(cause.getMessage().lines().map(String::strip).reduce("", RouteProblem::joined));
            }
            if (file.isEmpty()) {
                file = routeId(cause).flatMap(fileOf);
            }
        }
        List<String> problems = new ArrayList<>();
        problems.add("The routes cannot be started"
                + file.map(name -> " (" + name + ")").orElse("") + ":");
        problems.addAll(lines.isEmpty() ? List.of(failure.toString()) : onlyWhole(lines));
        return StartException.wrongInput(problems, failure);
    }

    private static Optional<String> routeId(Throwable cause) {
        if (cause instanceof FailedToCreateRouteException create) {
            return Optional.ofNullable(create.getRouteId());
        }
        return cause instanceof FailedToStartRouteException start
                ? Optional.ofNullable(start.getRouteId())
                : Optional.empty();
    }

    /** Camel repeats the message of a cause in that of the failure. */
    private static List<String> onlyWhole(List<String> lines) {
        List<String> distinct = lines.stream().distinct().toList();
        return distinct.stream()
                .filter(line -> distinct.stream().noneMatch(other -> !other.equals(line) && other.contains(line)))
                .toList();
    }

    private static String joined(String text, String line) {
        return line.isEmpty() ? text : text.isEmpty() ? line : text + " " + line;
    }
}
