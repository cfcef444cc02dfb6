package dev.caravan.model;

import java.util.List;

/** A catalogue file that cannot be used: one line per problem, each with file, model (or family) and field. */
public final class CatalogueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    CatalogueException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    CatalogueException(String problem, Throwable cause) {
        super(problem, cause);
        this.problems = List.of(problem);
    }

    /** The problems, in the order of the file; never empty. */
    public List<String> problems() {
        return problems == null ? List.of(getMessage()) : problems;
    }
}
