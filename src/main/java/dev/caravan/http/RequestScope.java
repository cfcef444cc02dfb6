package dev.caravan.http;

import dev.caravan.error.ErrorKind;
import dev.caravan.observe.CallFacts;
import dev.caravan.observe.FinishedRequest;
import dev.caravan.runtime.Cancellation;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One request from its head to the end of both its answer and its exchange (which ends later when the client has
 * left). Fields that are set on the request's event loop are read once both are over.
 */
final class RequestScope {
    private static final String KEY = RequestScope.class.getName();

    private final String id;
    private final Consumer<RequestScope> atEnd;
    private final BooleanSupplier stopping;
    private final ErrorForms errorForms;
    private final boolean emulated;
    private final Cancellation cancellation = new Cancellation();
    private final AtomicInteger holds = new AtomicInteger(1);
    private final long start = System.nanoTime();
    private volatile long workStart;
    private volatile long answered;
    private volatile int status;
    private volatile String code;
    private volatile CallFacts call;
    private volatile Runnable cutOff = () -> {};
    private boolean counted;
    private boolean last;
    private boolean answerOver;
    private Buffer body;
    private boolean json;

    /**
     * @param stopping whether the door is closing
     * @param errorForms how failures are told
     * @param emulated whether the embedded Bedrock answers
     * @param atEnd called once, when answer and exchange are over
     */
    RequestScope(
            String id,
            BooleanSupplier stopping,
            ErrorForms errorForms,
            boolean emulated,
            Consumer<RequestScope> atEnd) {
        this.id = id;
        this.stopping = stopping;
        this.errorForms = errorForms;
        this.emulated = emulated;
        this.atEnd = atEnd;
    }

    static RequestScope of(RoutingContext ctx) {
        return ctx.get(KEY);
    }

    void attach(RoutingContext ctx) {
        ctx.put(KEY, this);
    }

    /** The answer has ended, or the client has left before it did; the first call counts. */
    void answerOver(int statusCode, boolean clientLeft) {
        if (answerOver) {
            return;
        }
        answerOver = true;
        answered = System.nanoTime();
        status = clientLeft ? FinishedRequest.CLIENT_LEFT : statusCode;
        if (clientLeft) {
            failed("client_left");
            cancellation.cancel();
        }
        release();
    }

    /** The answer was written to its end, but its client never took all of it. Before the last {@link #release}. */
    void lost() {
        status = FinishedRequest.CLIENT_LEFT;
        failed("client_left");
    }

    void onCutOff(Runnable endOfConnection) {
        cutOff = endOfConnection;
    }

    /** The door closes, and this is not over: its client takes nothing, or its exchange does not end. */
    void cutOff() {
        failed(ErrorKind.OVERLOADED.code());
        cutOff.run();
    }

    /** Nanoseconds since the whole request was there. */
    long nanosInWork() {
        return System.nanoTime() - workStart;
    }

    /** Keeps it open until {@link #release()}. */
    void hold() {
        holds.incrementAndGet();
    }

    void release() {
        if (holds.decrementAndGet() == 0) {
            atEnd.accept(this);
        }
    }

    FinishedRequest finished(String door) {
        Duration total = Duration.ofNanos(answered - start);
        Duration inWork = workStart == 0 ? null : Duration.ofNanos(answered - workStart);
        return new FinishedRequest(id, door, status, code, call, null, total, inWork);
    }

    /** The code of the failure; the first one that is told counts. */
    void failed(String failure) {
        if (code == null) {
            code = failure;
        }
    }

    void call(CallFacts facts) {
        call = facts;
    }

    /**
     * The whole request is there.
     *
     * @param isJson whether its body was sent as JSON
     */
    void body(Buffer bytes, boolean isJson) {
        body = bytes;
        json = isJson;
        workStart = System.nanoTime();
    }

    /** The request's body; null when it has none. */
    Buffer body() {
        return body;
    }

    /** Whether the body was sent as JSON, which does not say that it is. */
    boolean json() {
        return json;
    }

    void counted(boolean value) {
        counted = value;
    }

    /** Whether it takes one of the places for requests in work. */
    boolean counted() {
        return counted;
    }

    /** Nothing more is taken on the connection after this request. */
    void last() {
        last = true;
    }

    boolean isLast() {
        return last || stopping.getAsBoolean();
    }

    boolean emulated() {
        return emulated;
    }

    ErrorForms errorForms() {
        return errorForms;
    }

    String id() {
        return id;
    }

    Cancellation cancellation() {
        return cancellation;
    }
}
