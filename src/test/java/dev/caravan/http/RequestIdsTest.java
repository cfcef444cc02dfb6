package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RequestIdsTest {
    @Test
    void idFor_nothing_makesUniqueOnes() {
        RequestIds ids = RequestIds.create();
        Set<String> made = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            made.add(ids.idFor(null));
        }

        assertThat(made).hasSize(10_000).allMatch(id -> id.matches("req_[a-z2-7]{24}"));
    }

    @Test
    void idFor_sameRandom_isTheSame() {
        assertThat(new RequestIds(() -> new Random(7)).idFor(""))
                .isEqualTo(new RequestIds(() -> new Random(7)).idFor("two words"));
    }

    @Test
    void idFor_tooLong_isReplaced() {
        RequestIds ids = RequestIds.create();

        assertThat(ids.idFor("x".repeat(128))).isEqualTo("x".repeat(128));
        assertThat(ids.idFor("x".repeat(129))).startsWith("req_");
    }

    @Property(tries = 300)
    void whateverComesTheIdIsPlain(@ForAll String callers) {
        assertThat(RequestIds.create().idFor(callers)).matches("[A-Za-z0-9._:+/=-]{1,128}");
    }
}
