package dev.caravan.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.chat.Part;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.support.DrivenCall;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one thread that reads a stream sees; the test is the model. */
@Timeout(60)
class PartStreamTest {
    private static final LlmException DOWN = LlmException.of(ErrorKind.PROVIDER_UNAVAILABLE, "Down.");

    private final DrivenCall call = new DrivenCall();
    private final PartStream stream = new PartStream(call, Runnable::run, false);

    @Test
    void partsCome_thenTheReply() {
        call.texts("Hel", "lo")
                .event(1, new Part.Reasoning("hm"), new Part.Text("!"))
                .end("Hello!");

        List<Part> parts = new ArrayList<>();
        stream.forEach(parts::add);

        assertThat(parts)
                .containsExactly(
                        new Part.Text("Hel"), new Part.Text("lo"), new Part.Reasoning("hm"), new Part.Text("!"));
        assertThat(stream.reply().text()).isEqualTo("Hello!");
        assertThat(stream.start().orElseThrow().model()).isEqualTo("model");
        assertThat(stream.answer()).isEqualTo(1);
    }

    @Test
    void texts_areTheTextAlone() {
        call.event(1, new Part.Reasoning("hm"), new Part.Text("a"), new Part.ToolInput(0, "1", "t", "{}"))
                .texts("b")
                .end("ab");

        assertThat(stream.texts()).containsExactly("a", "b");
    }

    @Test
    void readerHasEachPart_beforeTheNextIsGiven() {
        call.texts("one");
        Iterator<String> texts = stream.texts().iterator();

        assertThat(texts.next()).isEqualTo("one");
        assertThat(call.given()).isEqualTo(1);
        call.texts("two").end("onetwo");
        assertThat(texts.next()).isEqualTo("two");
        assertThat(texts.hasNext()).isFalse();
        assertThatThrownBy(texts::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void modelIsAsked_whenTheFirstPartIsWanted() {
        stream.texts();
        assertThat(call.isBegun()).isFalse();

        stream.iterator();
        assertThat(call.isBegun()).isTrue();
    }

    @Test
    void slowReader_slowsTheProvider() {
        for (int i = 0; i < 100; i++) {
            call.texts("" + i);
        }
        Iterator<Part> parts = stream.iterator();

        assertThat(call.given()).isEqualTo(PartBuffer.WINDOW);
        for (int i = 0; i < 10; i++) {
            parts.next();
        }
        assertThat(call.given()).isEqualTo(PartBuffer.WINDOW + 10);
    }

    @Test
    void largeEvent_isTakenWhole() {
        Part[] many = new Part[100];
        java.util.Arrays.fill(many, new Part.Text("x"));
        call.event(1, many).texts("y").end("…");
        Iterator<Part> parts = stream.iterator();

        assertThat(call.given()).isEqualTo(100);
        parts.forEachRemaining(part -> {});
        assertThat(call.given()).isEqualTo(101);
    }

    @Test
    void failure_comesOnceAfterThePartsBeforeIt_andIsTheIteratorsEnd() {
        call.texts("a").fail(DOWN);
        Iterator<Part> parts = stream.iterator();

        parts.next();
        LlmException failure = catchThrowableOfType(LlmException.class, parts::hasNext);
        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        assertThat(failure).isNotSameAs(DOWN).hasCause(DOWN);
        assertThat(failure.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(PartStreamTest.class.getName()));

        assertThat(parts.hasNext()).isFalse();
        assertThatThrownBy(parts::next).isInstanceOf(NoSuchElementException.class);
        for (int i = 0; i < 2; i++) {
            assertThat(catchThrowableOfType(LlmException.class, stream::reply).kind())
                    .isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        }
    }

    @Test
    void failureToSend_isTheIteratorsAndTheReplys() {
        PartStream closed = new PartStream(
                sink -> {
                    throw new IllegalStateException("The client is closed.");
                },
                Runnable::run,
                false);

        assertThatThrownBy(() -> closed.iterator().next())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The client is closed.");
    }

    @Test
    void closedEarly_theCallIsCutOff() {
        call.texts("a", "b");
        Iterator<Part> parts = stream.iterator();
        parts.next();

        stream.close();
        stream.close();

        assertThat(call.isCutOff()).isTrue();
        assertThatThrownBy(parts::hasNext).isInstanceOf(CancellationException.class);
        assertThatThrownBy(stream::reply).isInstanceOf(CancellationException.class);
    }

    @Test
    void closedBeforeItIsRead_nothingIsSent() {
        stream.close();

        assertThatThrownBy(() -> stream.iterator().hasNext()).isInstanceOf(CancellationException.class);
        assertThat(call.isBegun()).isFalse();
    }

    @Test
    void closedAtItsEnd_itKeepsTheReply() {
        call.texts("a").end("a");
        stream.forEach(part -> {});

        stream.close();

        assertThat(stream.reply().text()).isEqualTo("a");
    }

    @Test
    void replyBeforeTheEnd_takesTheRest() {
        for (int i = 0; i < 100; i++) {
            call.texts("" + i);
        }
        call.end("all");
        Iterator<Part> parts = stream.iterator();
        parts.next();

        assertThat(stream.reply().text()).isEqualTo("all");
        assertThat(call.given()).isEqualTo(100);
    }

    @Test
    void replyAlone_asksTheModel() {
        call.texts("a").end("a");

        assertThat(stream.reply().text()).isEqualTo("a");
        assertThat(stream.reply().text()).isEqualTo("a");
        assertThatThrownBy(stream::iterator).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void secondIterator_isRefused() {
        stream.iterator();

        assertThatThrownBy(stream::iterator).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> stream.texts().iterator()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(stream::input).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void readerWaits_untilAPartComesOrTheStreamIsClosed() throws Exception {
        AtomicReference<Part> first = new AtomicReference<>();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CountDownLatch had = new CountDownLatch(1);
        Thread reader = new Thread(() -> {
            Iterator<Part> parts = stream.iterator();
            first.set(parts.next());
            had.countDown();
            thrown.set(catchThrowable(parts::next));
        });
        reader.start();
        waits(reader);
        call.texts("a");
        had.await();
        waits(reader);
        stream.close();
        reader.join(20_000);

        assertThat(first.get()).isEqualTo(new Part.Text("a"));
        assertThat(thrown.get()).isInstanceOf(CancellationException.class);
    }

    private static void waits(Thread thread) {
        Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
    }

    @Test
    void interruptOfTheReader_cutsTheCallOff() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicBoolean flag = new AtomicBoolean();
        Thread reader = new Thread(() -> {
            thrown.set(catchThrowable(() -> stream.iterator().next()));
            flag.set(Thread.currentThread().isInterrupted());
        });
        reader.start();
        waits(reader);

        reader.interrupt();
        reader.join(20_000);

        assertThat(thrown.get()).isInstanceOf(CancellationException.class);
        assertThat(flag).isTrue();
        assertThat(call.isCutOff()).isTrue();
    }

    @Test
    void readerThatIsInterruptedAlready_asksNothing() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(stream::iterator).isInstanceOf(CancellationException.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(call.isBegun()).isFalse();
    }

    @Test
    void interrupt_isSeenWhenPartsAreThere() {
        call.texts("a", "b");
        Iterator<Part> parts = stream.iterator();
        parts.next();

        Thread.currentThread().interrupt();
        assertThatThrownBy(parts::next).isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(call.isCutOff()).isTrue();
    }

    @Test
    void answerThatIsSentBack_isSeenByTheNumberOfTheNext() {
        PartStream structured = new PartStream(call, Runnable::run, true);
        call.event(1, new Part.Text("no")).event(2, new Part.Text("{}")).endWithData("{}");
        List<String> seen = new ArrayList<>();
        for (String text : structured.texts()) {
            seen.add(structured.answer() + text);
        }

        assertThat(seen).containsExactly("1no", "2{}");
        assertThat(structured.reply().data().path("made").asText()).isEqualTo("{}");
    }

    @Test
    void bytes_areReadAsTheyCome() throws IOException {
        call.texts("Grüße", " 🐫");
        InputStream input = stream.input();
        byte[] bytes = new byte[100];

        assertThat(input.available()).isZero();
        int count = input.read(bytes);
        assertThat(new String(bytes, 0, count, StandardCharsets.UTF_8)).isEqualTo("Grüße");
        assertThat(input.read()).isEqualTo(' ');
        assertThat(input.available()).isEqualTo(4);
        call.texts("\nsecond\n", "third").end("…");
        assertThat(new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8)).lines())
                .containsExactly("🐫", "second", "third");
        assertThat(input.read()).isEqualTo(-1);
        assertThat(input.read(bytes)).isEqualTo(-1);
    }

    @Test
    void reader_hasEachLineWhenItIsThere() throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(stream.input(), StandardCharsets.UTF_8));

        call.texts("one\n");
        assertThat(reader.readLine()).isEqualTo("one");
        call.texts("two\n").end("…");
        assertThat(reader.readLine()).isEqualTo("two");
    }

    @Test
    void failureOfTheCall_isOneOfInput() throws IOException {
        call.texts("a").fail(DOWN);
        InputStream input = stream.input();

        assertThat(input.read()).isEqualTo('a');
        assertThatThrownBy(input::read).isInstanceOf(IOException.class).hasRootCause(DOWN);
    }

    @Test
    void closedInput_cutsTheCallOff() throws IOException {
        call.texts("abc");
        InputStream input = stream.input();
        input.read();

        input.close();

        assertThat(call.isCutOff()).isTrue();
        assertThatThrownBy(input::read).isInstanceOf(IOException.class).hasMessage("The stream is closed.");
    }

    @Test
    void bytesOfACheckedAnswer_areItsData() throws IOException {
        PartStream structured = new PartStream(call, Runnable::run, true);
        call.event(1, new Part.Text("no")).event(2, new Part.Text("{}")).endWithData("{}");

        assertThat(structured.input().readAllBytes()).isEqualTo("{\"made\":\"{}\"}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void begun_tellsOfTheFirstPartOrOfAFailureBefore() {
        stream.send();
        assertThat(stream.begun().toCompletableFuture()).isNotDone();
        call.texts("a").fail(DOWN);
        assertThat(stream.begun().toCompletableFuture()).isCompleted();

        DrivenCall other = new DrivenCall().fail(DOWN);
        PartStream failed = new PartStream(other, Runnable::run, false);
        failed.send();
        assertThat(failed.begun().toCompletableFuture()).isCompletedExceptionally();
    }
}
