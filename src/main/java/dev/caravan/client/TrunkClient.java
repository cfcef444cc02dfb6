package dev.caravan.client;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.LlmStream;
import dev.caravan.dialect.Problem;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.runtime.Parts;
import dev.caravan.runtime.Texts;
import dev.caravan.runtime.Workers;
import dev.caravan.stream.PartStream;
import dev.caravan.stream.PendingReply;
import dev.caravan.trunk.ExchangeKeys;
import dev.caravan.trunk.PartSink;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;

/** A client of the trunk of a context. Calls run on workers, so that their callers can wait, be interrupted, or go on. */
final class TrunkClient implements LlmClient {
    /** At once: on older JDKs each needs a platform thread, and a program that asks for more is most often in a loop. */
    private static final int MAX_CALLS = 1024;

    private final Parts parts = new Parts();
    private final Workers workers = parts.keep(Workers.create("caravan-client", MAX_CALLS));
    /** Of their own, so that subscribers which block keep no call from its thread. */
    private final Workers subscribers = parts.keep(Workers.create("caravan-client-stream", MAX_CALLS));

    private final Semaphore free = new Semaphore(MAX_CALLS);
    private final Set<PendingReply> underWay = ConcurrentHashMap.newKeySet();
    private final CallOptions defaults;
    private final TrunkProducers producers;
    private volatile boolean closed;

    private TrunkClient(CamelContext context, CallOptions defaults) throws Exception {
        this.defaults = defaults;
        this.producers = parts.keep(new TrunkProducers(context));
    }

    /**
     * @param context has a trunk, or gets one of its own by its component
     * @param whose what is closed with the client
     * @throws Exception what Camel throws, or for wrong settings; {@code whose} is closed then
     */
    static TrunkClient open(CamelContext context, CallOptions defaults, AutoCloseable whose) throws Exception {
        try {
            TrunkClient client = new TrunkClient(context, defaults);
            client.parts.onClose(whose);
            return client;
        } catch (Exception e) {
            whose.close();
            throw e;
        }
    }

    @Override
    public LlmReply generate(String prompt, CallOptions options) {
        return ask(request(prompt, options).build());
    }

    @Override
    public LlmReply generate(LlmRequest request) {
        return ask(Objects.requireNonNull(request, "request"));
    }

    @Override
    public <T> StructuredReply<T> generateStructuredReply(String prompt, AnswerType<T> type, CallOptions options) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(options, "options");
        Integer maxRepairs = options.orElse(defaults).maxRepairs();
        LlmReply reply = ask(
                request(prompt, options).structured(type.structured(maxRepairs)).build());
        return new StructuredReply<>(type.read(reply), reply);
    }

    @Override
    public CompletableFuture<LlmReply> generateAsync(LlmRequest request) {
        return send(Objects.requireNonNull(request, "request"), null);
    }

    @Override
    public CompletableFuture<LlmReply> generateAsync(String prompt, CallOptions options) {
        return send(request(prompt, options).build(), null);
    }

    @Override
    public LlmStream stream(String prompt, CallOptions options) {
        return stream(request(prompt, options).build());
    }

    @Override
    public LlmStream stream(LlmRequest request) {
        Objects.requireNonNull(request, "request");
        requireOpen();
        return new PartStream(sink -> send(request, sink), subscribers, request.structured() != null);
    }

    private LlmRequest.Builder request(String prompt, CallOptions options) {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(options, "options");
        requireOpen();
        if (Texts.isBlank(prompt)) {
            throw LlmException.invalid("prompt: must not be blank.");
        }
        return options.orElse(defaults).request(prompt);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The client is closed.");
        }
    }

    /** @param sink takes the parts of a stream; null for an answer in one piece */
    private PendingReply send(LlmRequest request, PartSink sink) {
        requireOpen();
        PendingReply pending = new PendingReply();
        if (!free.tryAcquire()) {
            pending.completeExceptionally(tooMany());
            return pending;
        }
        underWay.add(pending);
        pending.whenComplete((reply, failure) -> {
            underWay.remove(pending);
            free.release();
        });
        if (closed) {
            // Closed meanwhile, and nobody may have seen this one.
            pending.completeExceptionally(overloaded("The client was closed."));
            return pending;
        }
        try {
            workers.execute(() -> begin(request.toBuilder().stream(sink != null).build(), sink, pending));
        } catch (RejectedExecutionException e) {
            pending.completeExceptionally(closed ? overloaded("The client was closed.") : tooMany());
        }
        return pending;
    }

    private void begin(LlmRequest request, PartSink sink, PendingReply pending) {
        try {
            AsyncProducer producer = producers.of(request.structured() != null);
            Endpoint endpoint = producer.getEndpoint();
            Exchange exchange = endpoint.createExchange(ExchangePattern.InOut);
            exchange.getMessage().setBody(request);
            exchange.setProperty(ExchangeKeys.CANCELLATION, pending.cancellation());
            exchange.setProperty(ExchangeKeys.PART_SINK, sink);
            producer.process(exchange, doneSync -> end(exchange, pending));
        } catch (Throwable e) {
            pending.completeExceptionally(Problem.visible(e));
        }
    }

    private static void end(Exchange exchange, PendingReply pending) {
        if (exchange.getException() != null) {
            pending.completeExceptionally(Problem.visible(exchange.getException()));
        } else {
            pending.complete(exchange.getMessage().getBody(LlmReply.class));
        }
    }

    /** A failure is thrown anew, so that its stack trace begins with the caller. */
    private LlmReply ask(LlmRequest request) {
        requireOpen();
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("The calling thread is interrupted");
        }
        PendingReply pending = send(request, null);
        try {
            return pending.get();
        } catch (InterruptedException e) {
            pending.cancel(true);
            Thread.currentThread().interrupt();
            CancellationException cancelled = new CancellationException("Interrupted while waiting for the model");
            cancelled.initCause(e);
            throw cancelled;
        } catch (ExecutionException e) {
            throw Problem.visible(e.getCause()).toBuilder().build();
        }
    }

    private static LlmException tooMany() {
        return overloaded("The client has " + MAX_CALLS + " calls under way.");
    }

    private static LlmException overloaded(String message) {
        return LlmException.of(ErrorKind.OVERLOADED, message);
    }

    @Override
    public void close() {
        Undisturbed.call("caravan-client-close", () -> {
            closeAll();
            return null;
        });
    }

    private void closeAll() {
        synchronized (parts) {
            closed = true;
            underWay.forEach(pending -> pending.cancellation().stop());
            parts.close();
            underWay.forEach(pending -> pending.completeExceptionally(overloaded("The client was closed.")));
        }
    }
}
