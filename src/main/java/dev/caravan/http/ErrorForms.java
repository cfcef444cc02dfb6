package dev.caravan.http;

import dev.caravan.dialect.Problem;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Which form failures have at which path, those of the guards too. Thread-safe. */
final class ErrorForms {
    private record Form(String pattern, ErrorBody body) {}

    private static final ErrorBody USUAL = Problem::write;

    private final List<Form> forms = new CopyOnWriteArrayList<>();

    /** @param pattern a route's path, as {@link Paths#matches} takes it */
    void add(String pattern, ErrorBody body) {
        forms.add(new Form(pattern, body));
    }

    ErrorBody forPath(String path) {
        for (Form form : forms) {
            if (path != null && Paths.matches(form.pattern(), path)) {
                return form.body();
            }
        }
        return USUAL;
    }
}
