package dev.caravan.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.chat.LlmReply;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.LlmStream;
import dev.caravan.chat.Part;
import dev.caravan.chat.Structured;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of a program, against the emulator. */
@Timeout(60)
class ClientStreamTest {
    /** Two words, then nothing more from an upstream that keeps its connection. */
    private static final String STALLED = "x\n@emulator text=\"one two three four\" fault=stall after=2";

    private static ClientHarness harness;
    private static LlmClient client;

    @BeforeAll
    static void open() {
        harness = new ClientHarness();
        client = harness.builder().property("caravan.rate-limit.requests", "0").build();
    }

    @AfterAll
    static void close() {
        client.close();
        harness.close();
    }

    @BeforeEach
    void forget() {
        harness.emulator().send(harness.emulator().request("/_emulator").DELETE());
    }

    private static boolean lastIsAborted() {
        JsonNode requests = harness.emulator().requests();
        return requests.path(requests.size() - 1).path("aborted").asBoolean();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "claude-3-haiku",
                "claude-haiku",
                "nova-lite",
                "llama-3-70b",
                "mistral-large",
                "titan-text-express"
            })
    void words_areTheReplysText(String model) {
        List<String> words = new ArrayList<>();
        try (LlmStream stream = client.stream("How far is the moon? 🌕 Tell me.", o -> o.model(model))) {
            for (String text : stream.texts()) {
                words.add(text);
            }
            LlmReply reply = stream.reply();

            assertThat(words).hasSizeGreaterThan(1);
            assertThat(String.join("", words)).isEqualTo(reply.text()).contains("How far is the moon? 🌕");
            assertThat(reply.usage().outputTokens()).isPositive();
            assertThat(stream.start().orElseThrow().model()).isEqualTo(reply.model());
            assertThat(stream.start().orElseThrow().id()).isEqualTo(reply.id());
        }
        assertThat(harness.calls()).isEqualTo(1);
        assertThat(lastIsAborted()).isFalse();
    }

    @Test
    void wrongArguments_areToldAtOnce() {
        assertThatThrownBy(() -> client.stream((String) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> client.stream((LlmRequest) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> client.stream("x", (CallOptions) null)).isInstanceOf(NullPointerException.class);
        assertThat(catchThrowableOfType(LlmException.class, () -> client.stream(" "))
                        .kind())
                .isEqualTo(ErrorKind.INVALID_REQUEST);
    }

    @Test
    void streamThatNobodyReads_asksNothing() {
        client.stream("x").close();

        assertThat(harness.calls()).isZero();
    }

    @Test
    void closedEarly_theProviderSeesItsCallerGo() {
        try (LlmStream stream = client.stream(STALLED)) {
            Iterator<String> texts = stream.texts().iterator();
            assertThat(texts.next() + texts.next()).isEqualTo("one two");
        }

        Awaitility.await().until(ClientStreamTest::lastIsAborted);
    }

    @Test
    void interruptOfTheReader_cutsTheCallOff() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CountDownLatch begun = new CountDownLatch(1);
        Thread reader = new Thread(() -> {
            try (LlmStream stream = client.stream(STALLED)) {
                Iterator<String> texts = stream.texts().iterator();
                texts.next();
                begun.countDown();
                thrown.set(catchThrowable(() -> texts.forEachRemaining(text -> {})));
            }
        });
        reader.start();
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

        reader.interrupt();
        reader.join(20_000);

        assertThat(thrown.get()).isInstanceOf(CancellationException.class);
        Awaitility.await().until(ClientStreamTest::lastIsAborted);
    }

    @Test
    void closeOfTheClient_endsItsStreams() throws Exception {
        LlmClient other = harness.builder().build();
        LlmStream stream = other.stream(STALLED);
        LlmStream unread = other.stream("x");
        Iterator<Part> parts = stream.iterator();
        parts.next();
        CompletableFuture<Throwable> thrown =
                CompletableFuture.supplyAsync(() -> catchThrowable(() -> parts.forEachRemaining(part -> {})));

        other.close();

        assertThat(thrown.get(20, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        LlmException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.OVERLOADED));
        Awaitility.await().until(ClientStreamTest::lastIsAborted);
        assertThatThrownBy(() -> unread.iterator().next())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The client is closed.");
        assertThatThrownBy(() -> other.stream("x")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void failureBeforeTheFirstPart_isRetriedLikeAnyOther() {
        try (LlmStream stream = client.stream("few\n@emulator error=ThrottlingException times=2")) {
            assertThat(stream.reply().attempts()).isEqualTo(3);
        }
        try (LlmStream stream = client.stream("x\n@emulator error=AccessDeniedException")) {
            LlmException failure = catchThrowableOfType(
                    LlmException.class, () -> stream.iterator().hasNext());
            assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ACCESS_DENIED);
            assertThat(failure.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().equals(ClientStreamTest.class.getName()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exception", "checksum", "half", "silent", "reset"})
    void failureAfterIt_isNot(String fault) {
        List<String> words = new ArrayList<>();
        try (LlmStream stream = client.stream("x\n@emulator text=\"one two three\" after=2 fault=" + fault)) {
            LlmException failure = catchThrowableOfType(
                    LlmException.class, () -> stream.texts().forEach(words::add));

            assertThat(failure.kind()).isIn(ErrorKind.PROVIDER_ERROR, ErrorKind.PROVIDER_UNAVAILABLE);
            assertThat(catchThrowableOfType(LlmException.class, stream::reply).kind())
                    .isEqualTo(failure.kind());
        }
        assertThat(words).containsExactly("one", " two");
        assertThat(harness.calls()).isEqualTo(1);
    }

    @Test
    void subscriber_hearsAllAndHasTheReply() throws Exception {
        LlmStream stream = client.stream("Say something long.");
        StringBuilder text = new StringBuilder();
        CompletableFuture<LlmReply> end = new CompletableFuture<>();
        stream.subscribe(new Texts(end) {
            @Override
            public void onNext(Part part) {
                text.append(((Part.Text) part).text());
                subscription.request(1);
            }

            @Override
            public void onComplete() {
                end.complete(stream.reply());
            }
        });

        assertThat(end.get(20, TimeUnit.SECONDS).text()).isEqualTo(text.toString());
    }

    @Test
    void subscriberThatCancels_cutsTheCallOff() {
        client.stream(STALLED).subscribe(new Texts(new CompletableFuture<>()) {
            @Override
            public void onNext(Part part) {
                subscription.cancel();
            }

            @Override
            public void onComplete() {}
        });

        Awaitility.await().until(() -> harness.calls() == 1 && lastIsAborted());
    }

    private abstract static class Texts implements Flow.Subscriber<Part> {
        private final CompletableFuture<?> end;
        Flow.Subscription subscription;

        Texts(CompletableFuture<?> end) {
            this.end = end;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(1);
        }

        @Override
        public void onError(Throwable thrown) {
            end.completeExceptionally(thrown);
        }
    }

    @Test
    void checkedAnswer_tellsWhenAnEarlierOneIsVoid() {
        LlmRequest request = LlmRequest.ofPrompt("x\n@emulator text=no times=1")
                .structured(Structured.named("invoice"))
                .build();
        StringBuilder counts = new StringBuilder();
        List<Integer> answers = new ArrayList<>();
        try (LlmStream stream = client.stream(request)) {
            for (String text : stream.texts()) {
                if (!answers.contains(stream.answer())) {
                    answers.add(stream.answer());
                    counts.setLength(0);
                }
                counts.append(text);
            }

            assertThat(answers).containsExactly(1, 2);
            assertThat(stream.reply().data().has("total")).isTrue();
            assertThat(stream.reply().validation().attempts()).isEqualTo(2);
            assertThat(counts.toString()).contains("total");
        }
    }

    @Test
    void requestThatSaysStream_isAnsweredWholeByGenerate() {
        LlmRequest request = LlmRequest.ofPrompt("Hello").stream(true).build();

        assertThat(client.generate(request).text()).contains("Hello");
        try (LlmStream stream = client.stream(request)) {
            assertThat(stream.reply().text()).contains("Hello");
        }
    }
}
