package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.support.Frames;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Frames by chance: {@code -Dfuzz.frames=1000000} for more of them. */
class FrameFuzzTest {
    private static final int FRAMES = Integer.getInteger("fuzz.frames", 20_000);
    private static final int MOST_HELD = 64 * 1024;
    private static final List<byte[]> SEEDS = List.of(
            Frames.event("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"Hi\"},\"p\":\"abcd\"}"),
            Frames.chunk("{\"generation\":\" Hello\",\"prompt_token_count\":7,\"stop_reason\":null}"),
            Frames.exception("throttlingException", "{\"message\":\"Too many tokens\"}"),
            Frames.exception("modelStreamErrorException", "{\"originalStatusCode\":500,\"originalMessage\":\"x\"}"),
            Frames.frame(Map.of(":message-type", "error", ":error-code", "Odd", ":error-message", "why"), ""),
            Frames.frame(Map.of(), ""));

    private final Random random = new Random(11);

    @Test
    void anyBytes_giveFramesOrOneFailure() {
        FrameAssembler assembler = new FrameAssembler();
        int read = 0;
        int refused = 0;
        for (int n = 0; n < FRAMES; n++) {
            assembler.add(Buffer.buffer(bytes()));
            try {
                for (BedrockWire.Frame frame = assembler.next(); frame != null; frame = assembler.next()) {
                    read++;
                    event(frame);
                }
            } catch (LlmException e) {
                refused++;
                assertThat(e.kind()).isEqualTo(ErrorKind.PROVIDER_ERROR);
                assembler.clear();
            }
            if (assembler.held() > MOST_HELD) {
                assembler.clear();
            }
        }
        assertThat(read).isPositive();
        assertThat(refused).isPositive();
    }

    /** Whatever else it threw would leave the test. */
    private static void event(BedrockWire.Frame frame) {
        try {
            assertThat(StreamEvent.of(frame).json()).isNotNull();
        } catch (LlmException e) {
            assertThat(e).hasMessageNotContaining("\n");
        }
    }

    private byte[] bytes() {
        byte[] seed = SEEDS.get(random.nextInt(SEEDS.size()));
        return switch (random.nextInt(8)) {
            case 0 -> noise();
            case 1 -> Frames.joined(Frames.prelude(random.nextInt(400), random.nextInt(400)), noise());
            case 2 -> Frames.joined(seed, SEEDS.get(random.nextInt(SEEDS.size())));
            case 3 -> cut(seed);
            case 4 -> mutated(seed);
            default -> sealed(mutated(seed));
        };
    }

    private byte[] noise() {
        byte[] noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        return noise;
    }

    private byte[] cut(byte[] seed) {
        return Arrays.copyOf(seed, 1 + random.nextInt(seed.length));
    }

    private byte[] mutated(byte[] seed) {
        byte[] bytes = seed.clone();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            // Behind the prelude, so that what is sealed anew is looked into.
            int at = 12 + random.nextInt(bytes.length - 12);
            bytes[at] = (byte) (random.nextBoolean() ? bytes[at] ^ 1 << random.nextInt(8) : random.nextInt());
        }
        if (random.nextInt(4) == 0) {
            System.arraycopy(Frames.prelude(bytes.length, random.nextInt(bytes.length)), 0, bytes, 0, 12);
        }
        return bytes;
    }

    /** With checksums that fit what was changed. */
    private static byte[] sealed(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, bytes.length - 4);
        ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
        return bytes;
    }
}
