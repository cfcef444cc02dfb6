package dev.caravan.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.chat.LlmReply;
import dev.caravan.chat.Part;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.support.DrivenCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rules of reactive streams, from a subscriber's side; the test is the model. */
@Timeout(60)
class StreamSubscriberTest {
    private static final LlmException DOWN = LlmException.of(ErrorKind.PROVIDER_UNAVAILABLE, "Down.");

    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final DrivenCall call = new DrivenCall();
    private final PartStream stream = new PartStream(call, Runnable::run, false);
    private final Recorder recorder = new Recorder();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** Writes down what it hears. */
    private static class Recorder implements Flow.Subscriber<Part> {
        final List<String> heard = new ArrayList<>();
        Flow.Subscription subscription;
        Throwable failure;
        BiConsumer<Flow.Subscription, String> onText = (subscription, text) -> {};
        long atOnce;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            if (atOnce > 0) {
                given.request(atOnce);
            }
        }

        @Override
        public void onNext(Part part) {
            String text = ((Part.Text) part).text();
            heard.add(text);
            onText.accept(subscription, text);
        }

        @Override
        public void onError(Throwable thrown) {
            heard.add("error");
            failure = thrown;
        }

        @Override
        public void onComplete() {
            heard.add("complete");
        }
    }

    @Test
    void nothingIsAsked_beforeTheFirstRequest() {
        stream.subscribe(recorder);
        assertThat(call.isBegun()).isFalse();

        recorder.subscription.request(1);
        assertThat(call.isBegun()).isTrue();
    }

    @Test
    void partsComeOneByOne_asTheyAreAskedFor() {
        call.texts("a", "b", "c", "d").end("abcd");
        stream.subscribe(recorder);

        recorder.subscription.request(1);
        assertThat(recorder.heard).containsExactly("a");
        assertThat(call.given()).as("one ahead").isEqualTo(2);
        recorder.subscription.request(1);
        assertThat(recorder.heard).containsExactly("a", "b");
        assertThat(call.given()).isEqualTo(3);
        recorder.subscription.request(2);
        assertThat(recorder.heard).as("an end needs no demand").containsExactly("a", "b", "c", "d", "complete");
    }

    @Test
    void oneEventsParts_waitForDemand() {
        call.event(1, new Part.Text("a"), new Part.Text("b"), new Part.Text("c"))
                .texts("d");
        stream.subscribe(recorder);

        recorder.subscription.request(1);
        assertThat(recorder.heard).containsExactly("a");
        assertThat(call.given()).isEqualTo(3);
        recorder.subscription.request(2);
        assertThat(recorder.heard).containsExactly("a", "b", "c");
    }

    @Test
    void unbounded_getsAllAndTheReply() {
        recorder.atOnce = Long.MAX_VALUE;
        stream.subscribe(recorder);
        assertThat(recorder.heard).isEmpty();

        for (int i = 0; i < 50; i++) {
            call.texts("x");
            assertThat(recorder.heard).hasSize(i + 1);
        }
        call.end("all");

        assertThat(recorder.heard).hasSize(51).endsWith("complete");
        assertThat(stream.reply().text()).isEqualTo("all");
    }

    @Test
    void demandBeyondTheLongest_isUnbounded() {
        call.texts("a", "b").end("ab");
        stream.subscribe(recorder);

        recorder.subscription.request(Long.MAX_VALUE - 1);
        recorder.subscription.request(Long.MAX_VALUE - 1);

        assertThat(recorder.heard).containsExactly("a", "b", "complete");
    }

    @Test
    void requestInOnNext_doesNotRecurse() {
        for (int i = 0; i < 20_000; i++) {
            call.texts("x");
        }
        call.end("all");
        AtomicInteger depth = new AtomicInteger();
        AtomicInteger deepest = new AtomicInteger();
        recorder.atOnce = 1;
        recorder.onText = (subscription, text) -> {
            deepest.accumulateAndGet(depth.incrementAndGet(), Math::max);
            subscription.request(1);
            depth.decrementAndGet();
        };
        stream.subscribe(recorder);

        assertThat(recorder.heard).hasSize(20_001).endsWith("complete");
        assertThat(deepest).hasValue(1);
    }

    @Test
    void failure_comesAfterTheParts() {
        recorder.atOnce = 10;
        call.texts("a").fail(DOWN);
        stream.subscribe(recorder);

        assertThat(recorder.heard).containsExactly("a", "error");
        assertThat(recorder.failure).isSameAs(DOWN);
    }

    @Test
    void failureBeforeAnyPart_isHeard() {
        recorder.atOnce = 10;
        call.fail(DOWN);
        stream.subscribe(recorder);

        assertThat(recorder.heard).containsExactly("error");
    }

    @Test
    void cancelInOnNext_endsItAndCutsTheCallOff() {
        call.texts("a", "b", "c");
        recorder.atOnce = 10;
        recorder.onText = (subscription, text) -> subscription.cancel();
        stream.subscribe(recorder);

        assertThat(recorder.heard).containsExactly("a");
        assertThat(call.isCutOff()).isTrue();
        recorder.subscription.request(1);
        recorder.subscription.cancel();
        assertThat(recorder.heard).containsExactly("a");
    }

    @Test
    void cancelBeforeAnyRequest_sendsNothing() {
        stream.subscribe(recorder);
        recorder.subscription.cancel();
        recorder.subscription.request(1);

        assertThat(call.isBegun()).isFalse();
        assertThat(recorder.heard).isEmpty();
    }

    @Test
    void requestForNothing_isAnErrorAndCutsTheCallOff() {
        call.texts("a", "b", "c");
        recorder.atOnce = 1;
        stream.subscribe(recorder);
        recorder.subscription.request(0);
        recorder.subscription.request(5);

        assertThat(recorder.heard).containsExactly("a", "error");
        assertThat(recorder.failure).isInstanceOf(IllegalArgumentException.class);
        assertThat(call.isCutOff()).isTrue();
    }

    @Test
    void secondSubscriber_isRefused() {
        stream.subscribe(recorder);
        Recorder second = new Recorder();
        second.atOnce = 5;
        stream.subscribe(second);

        assertThat(second.failure).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(stream::iterator).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> stream.subscribe(null)).isInstanceOf(NullPointerException.class);
        call.texts("a");
        recorder.subscription.request(1);
        assertThat(recorder.heard).containsExactly("a");
    }

    @Test
    void closedStream_isAnErrorToItsSubscriber() {
        recorder.atOnce = 5;
        stream.subscribe(recorder);
        call.texts("a");
        stream.close();

        assertThat(recorder.heard).containsExactly("a", "error");
        assertThat(recorder.failure).isInstanceOf(CancellationException.class);
        assertThat(call.isCutOff()).isTrue();
    }

    @Test
    void subscriberThatThrows_hearsNoMoreAndTheCallIsCutOff() {
        recorder.atOnce = 5;
        recorder.onText = (subscription, text) -> {
            throw new IllegalArgumentException("a bug");
        };
        call.texts("a", "b");
        stream.subscribe(recorder);

        assertThat(recorder.heard).containsExactly("a");
        assertThat(call.isCutOff()).isTrue();
    }

    @Test
    void replyInOnNext_wouldWaitForItself() {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        recorder.atOnce = 1;
        recorder.onText = (subscription, text) -> {
            try {
                stream.reply();
            } catch (IllegalStateException e) {
                thrown.set(e);
            }
        };
        call.texts("a", "b");
        stream.subscribe(recorder);

        assertThat(thrown.get()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void replyInOnComplete_isThere() {
        AtomicReference<LlmReply> reply = new AtomicReference<>();
        call.texts("a").end("a");
        stream.subscribe(new Recorder() {
            {
                atOnce = 5;
            }

            @Override
            public void onComplete() {
                reply.set(stream.reply());
            }
        });

        assertThat(reply.get().text()).isEqualTo("a");
    }

    @Test
    void withoutThreads_theSubscriberIsTold() {
        PartStream homeless = new PartStream(
                call,
                task -> {
                    throw new RejectedExecutionException("full");
                },
                false);
        recorder.atOnce = 5;
        homeless.subscribe(recorder);

        assertThat(recorder.heard).containsExactly("error");
        assertThat(((LlmException) recorder.failure).kind()).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(call.isCutOff()).isTrue();
    }

    @Test
    void manyThreads_giveOneCallAtATimeAndEveryPartInOrder() throws Exception {
        PartStream shared = new PartStream(call, threads, false);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch ended = new CountDownLatch(1);
        List<String> order = new ArrayList<>();
        shared.subscribe(new Recorder() {
            {
                atOnce = 3;
            }

            @Override
            public void onNext(Part part) {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                order.add(((Part.Text) part).text());
                threads.execute(() -> subscription.request(1));
                inside.decrementAndGet();
            }

            @Override
            public void onComplete() {
                ended.countDown();
            }
        });
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            sent.add("" + i);
            call.texts("" + i);
        }
        call.end("all");

        assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(order).isEqualTo(sent);
        assertThat(most).hasValue(1);
    }

    @Test
    void replyBesideASubscriber_waits() throws Exception {
        PartStream shared = new PartStream(call, threads, false);
        recorder.atOnce = Long.MAX_VALUE;
        shared.subscribe(recorder);
        AtomicReference<LlmReply> reply = new AtomicReference<>();
        Thread waiting = new Thread(() -> reply.set(shared.reply()));
        waiting.start();
        Awaitility.await().until(() -> waiting.getState() == Thread.State.WAITING);

        call.texts("a").end("a");
        waiting.join(20_000);

        assertThat(reply.get().text()).isEqualTo("a");
    }
}
