package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.support.Frames;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

class FrameAssemblerTest {
    private static final byte[] EVENT = HexFormat.of()
            .parseHex("0000009400000057b4ab9aee0b3a6576656e742d74797065070011636f6e74656e74426c6f636b44656c7461"
                    + "0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e"
                    + "0d3a6d6573736167652d747970650700056576656e74"
                    + "7b22636f6e74656e74426c6f636b496e646578223a302c2264656c7461223a7b2274657874223a224869227d7d"
                    + "1f944657");
    private static final byte[] EXCEPTION = HexFormat.of()
            .parseHex(
                    "000000b0000000614f5086b30f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e"
                            + "0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e"
                            + "0d3a6d6573736167652d74797065070009657863657074696f6e"
                            + "7b226d657373616765223a22546f6f206d616e7920746f6b656e732c20706c65617365207761697420"
                            + "6265666f726520747279696e6720616761696e2e227df70ae57f");

    private final FrameAssembler assembler = new FrameAssembler();

    private static String text(BedrockWire.Frame frame) {
        return new String(frame.payload(), StandardCharsets.UTF_8);
    }

    private LlmException failure(byte[] bytes) {
        assembler.add(Buffer.buffer(bytes));
        assertThat(assembler.ready()).isTrue();
        return catchThrowableOfType(LlmException.class, assembler::next);
    }

    @Test
    void recordedVectorsAreRead() {
        assembler.add(Buffer.buffer(Frames.joined(EVENT, EXCEPTION)));

        BedrockWire.Frame event = assembler.next();
        BedrockWire.Frame exception = assembler.next();

        assertThat(event.headers())
                .isEqualTo(Map.of(
                        ":event-type", "contentBlockDelta",
                        ":content-type", "application/json",
                        ":message-type", "event"));
        assertThat(text(event)).isEqualTo("{\"contentBlockIndex\":0,\"delta\":{\"text\":\"Hi\"}}");
        assertThat(exception.headers()).containsEntry(":exception-type", "throttlingException");
        assertThat(text(exception)).contains("Too many tokens");
        assertThat(assembler.next()).isNull();
        assertThat(assembler.isEmpty()).isTrue();
    }

    @Test
    void headersOfAllTypesAreTolerated() {
        Map<String, HeaderValue> headers = new LinkedHashMap<>();
        headers.put("a", HeaderValue.fromBoolean(true));
        headers.put("b", HeaderValue.fromBoolean(false));
        headers.put("e", HeaderValue.fromInteger(1));
        headers.put("f", HeaderValue.fromLong(1));
        headers.put("g", HeaderValue.fromByteArray(new byte[] {1}));
        headers.put("h", HeaderValue.fromString("text"));
        headers.put("i", HeaderValue.fromTimestamp(Instant.EPOCH));
        headers.put("j", HeaderValue.fromUuid(new UUID(1, 2)));
        assembler.add(Buffer.buffer(Frames.encoded(new Message(headers, new byte[0]))));

        // The library writes headers of these two types without their value, so they stand here by hand.
        assembler.add(Buffer.buffer(Frames.withHeaders("0163" + "0201" + "0164" + "030001")));

        assertThat(assembler.next().headers()).isEqualTo(Map.of("h", "text"));
        assertThat(assembler.next().headers()).isEmpty();
    }

    @Test
    void smallestFrameHasNothing() {
        assembler.add(Buffer.buffer(Frames.frame(Map.of(), "")));

        BedrockWire.Frame frame = assembler.next();

        assertThat(frame.headers()).isEmpty();
        assertThat(frame.payload()).isEmpty();
    }

    @Test
    void noDamagedByteGoesUnnoticed() {
        for (int at = 0; at < EVENT.length; at++) {
            assembler.clear();
            LlmException failure = failure(Frames.damaged(EVENT, at));

            assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
            assertThat(failure.retry()).isEqualTo(Retry.BACKOFF);
            assertThat(failure).hasMessageContaining("damaged");
        }
    }

    @ParameterizedTest
    @CsvSource({"15,0", "0,0", "-1,0", "2147483647,0", "16,1", "200000,131073", "25165841,0", "100,-1", "-1,-17"})
    void lengthOutOfTheLimitsIsRefusedAtOnce(int total, int headers) {
        assertThat(failure(Frames.prelude(total, headers)).kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
        assertThat(assembler.held()).isEqualTo(12);
    }

    @Test
    void largestFrameIsRead() {
        byte[] payload = new byte[FrameAssembler.MAX_PAYLOAD];
        byte[] frame = Frames.encoded(new Message(Map.of(), payload));
        for (int at = 0; at < frame.length; at += 65_536) {
            assertThat(assembler.next()).isNull();
            assembler.add(Buffer.buffer().appendBytes(frame, at, Math.min(65_536, frame.length - at)));
        }

        assertThat(assembler.next().payload()).hasSize(payload.length);
        assertThat(assembler.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 11, 12, 13, 147})
    void whatIsNotWholeIsHeld(int bytes) {
        assembler.add(Buffer.buffer().appendBytes(EVENT, 0, bytes));

        assertThat(assembler.ready()).isFalse();
        assertThat(assembler.next()).isNull();
        assertThat(assembler.isEmpty()).isFalse();
        assertThat(assembler.held()).isEqualTo(bytes);
    }

    @Property(tries = 300)
    void anyCutGivesTheSameFrames(@ForAll("streams") List<byte[]> sent, @ForAll("cuts") List<Integer> cuts) {
        byte[] all = Frames.joined(sent.toArray(byte[][]::new));
        FrameAssembler fresh = new FrameAssembler();
        List<String> got = new ArrayList<>();
        int from = 0;
        for (int n = 0; from < all.length; n++) {
            int length = Math.min(cuts.get(n % cuts.size()), all.length - from);
            fresh.add(Buffer.buffer().appendBytes(all, from, length));
            from += length;
            // Now and then more than one part waits before anything is read.
            if (cuts.get(n % cuts.size()) % 3 != 0 || from == all.length) {
                read(fresh, got);
            }
        }

        List<String> whole = new ArrayList<>();
        for (byte[] frame : sent) {
            FrameAssembler one = new FrameAssembler();
            one.add(Buffer.buffer(frame));
            read(one, whole);
        }
        assertThat(got).isEqualTo(whole).hasSameSizeAs(sent);
        assertThat(fresh.isEmpty()).isTrue();
    }

    private static void read(FrameAssembler assembler, List<String> to) {
        while (assembler.ready()) {
            BedrockWire.Frame frame = assembler.next();
            to.add(frame.headers() + text(frame));
        }
        assertThat(assembler.next()).isNull();
    }

    @Provide
    Arbitrary<List<byte[]>> streams() {
        Arbitrary<String> words = Arbitraries.strings().ofMinLength(1).ofMaxLength(40);
        return Combinators.combine(
                        Arbitraries.maps(words, words).ofMaxSize(3),
                        Arbitraries.strings().ofMaxLength(3000))
                .as(Frames::frame)
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
    }

    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.integers().between(1, 4000).list().ofMinSize(1).ofMaxSize(20);
    }
}
