package dev.caravan.http;

import dev.caravan.runtime.Ids;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The id of each request: the caller's {@code X-Request-Id} when it is a plain one, else a new one. */
final class RequestIds {
    static final String HEADER = "X-Request-Id";

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:+/=-]{1,128}");

    private final Ids ids;

    /** @param random asked for each id; unique ids are enough, nothing relies on their being secret */
    RequestIds(Supplier<? extends Random> random) {
        this(new Ids(random));
    }

    private RequestIds(Ids ids) {
        this.ids = ids;
    }

    static RequestIds create() {
        return new RequestIds(Ids.create());
    }

    String idFor(String callersId) {
        return callersId != null && PLAIN.matcher(callersId).matches() ? callersId : ids.next("req_");
    }
}
