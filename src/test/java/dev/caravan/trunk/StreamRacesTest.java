package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Part;
import dev.caravan.chat.StreamStart;
import dev.caravan.format.ReplyStream;
import dev.caravan.provider.bedrock.BedrockWire.Frame;
import dev.caravan.runtime.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;

/** Wherever a stream is cut, and whenever its sink takes more, from whichever thread: the parts are the same. */
class StreamRacesTest {
    private static final ExecutorService LOOP = Executors.newSingleThreadExecutor();
    private static final ExecutorService CLIENT = Executors.newSingleThreadExecutor();

    @AfterContainer
    static void stop() {
        LOOP.shutdownNow();
        CLIENT.shutdownNow();
    }

    /** Gives frames on its loop, and only what was asked for. */
    private static final class LoopFrames implements Flow.Subscription {
        private final List<Frame> frames;
        private final AnswerReading reader;
        private final AtomicInteger inFlight = new AtomicInteger();
        private int next;

        LoopFrames(List<Frame> frames, AnswerReading reader) {
            this.frames = frames;
            this.reader = reader;
        }

        @Override
        public void request(long n) {
            if (n != 1 || inFlight.incrementAndGet() != 1) {
                throw new AssertionError("more than one frame at a time");
            }
            LOOP.execute(() -> {
                inFlight.decrementAndGet();
                if (next < frames.size()) {
                    reader.onNext(frames.get(next++));
                } else {
                    reader.onComplete();
                }
            });
        }

        @Override
        public void cancel() {}
    }

    /** Takes more at once, later from another thread, or later from another thread that is faster than the answer. */
    private static final class MoodySink implements PartSink {
        private final Random mood;
        private final StringBuilder text = new StringBuilder();

        MoodySink(long seed) {
            this.mood = new Random(seed);
        }

        @Override
        public void begin(StreamStart start) {}

        @Override
        public void part(Part part, int answer) {
            text.append(((Part.Text) part).text());
        }

        @Override
        public boolean ready(Runnable resume) {
            switch (mood.nextInt(3)) {
                case 0 -> {
                    return true;
                }
                case 1 -> {
                    CLIENT.execute(resume);
                    return false;
                }
                default -> {
                    CompletableFuture.runAsync(resume, CLIENT).join();
                    return false;
                }
            }
        }
    }

    @Property(tries = 300)
    void parts_areTheTextHoweverItWasCut(@ForAll @Size(max = 20) List<String> pieces, @ForAll long seed)
            throws Exception {
        List<Frame> frames = new ArrayList<>();
        frames.add(HandFedWire.event("{\"text\":\"-\"}"));
        pieces.forEach(piece -> frames.add(HandFedWire.event("{\"text\":" + TextNode.valueOf(piece) + "}")));
        frames.add(HandFedWire.event("{\"end\":true}"));
        MoodySink sink = new MoodySink(seed);
        TrunkCall call = new TrunkCall("id", new Cancellation(), null, Duration.ofSeconds(60), System::nanoTime);
        ReplyStream stream = new SayingFormat().stream(LlmRequest.ofPrompt("x").build(), null);
        CompletableFuture<AnswerReading> over = new CompletableFuture<>();
        AnswerReading reading = new AnswerReading(
                stream,
                new PartOutlet(sink, call.clock()),
                new HeldAnswers(Long.MAX_VALUE),
                call.cancellation(),
                over::complete);

        LOOP.execute(() -> reading.onSubscribe(new LoopFrames(frames, reading)));

        AnswerReading read = over.get(10, TimeUnit.SECONDS);
        assertThat(read.failure()).isNull();
        String whole = read.reply().text();
        assertThat(sink.text).hasToString(whole);
    }
}
