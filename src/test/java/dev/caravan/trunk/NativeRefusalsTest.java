package dev.caravan.trunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NativeRefusalsTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final NativeRefusals refusals = new NativeRefusals(now::get);

    @Test
    void refusal_isRememberedForAWhile() {
        refusals.add("us.a");

        now.addAndGet(NativeRefusals.REMEMBERED.toNanos() - 1);
        assertThat(refusals.has("us.a")).isTrue();

        now.addAndGet(1);
        assertThat(refusals.has("us.a")).isFalse();
    }

    @Test
    void refusal_isOfOneProfile() {
        refusals.add("us.a");

        assertThat(refusals.has("eu.a")).isFalse();
    }

    @Test
    void memory_isBounded() {
        for (int i = 0; i < NativeRefusals.MAX; i++) {
            refusals.add("id-" + i);
        }

        refusals.add("one-more");
        assertThat(refusals.has("one-more")).isFalse();
        assertThat(refusals.has("id-0")).isTrue();

        now.addAndGet(NativeRefusals.REMEMBERED.toNanos());
        refusals.add("one-more");
        assertThat(refusals.has("one-more")).isTrue();
        assertThat(refusals.has("id-0")).isFalse();
    }
}
