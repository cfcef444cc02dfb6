package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.support.CapturedErr;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import org.junit.jupiter.api.Test;

class TroubleTest {
    private final Trouble trouble = new Trouble("Bad", "Good");

    @Test
    void eachCause_isSaidOnce_untilItIsOver() {
        try (CapturedErr err = new CapturedErr()) {
            for (int i = 0; i < 3; i++) {
                trouble.begins(new IOException("failed/a is a link"));
                trouble.begins(new IOException("failed/b is a file"));
            }
            assertThat(err.text()).containsOnlyOnce("failed/a is a link").containsOnlyOnce("failed/b is a file");
            trouble.over();
            trouble.begins(new IOException("failed/b is a file"));

            assertThat(err.text().lines()).hasSize(3);
        }
    }

    @Test
    void allFilesOfAFolder_areOneCause() {
        try (CapturedErr err = new CapturedErr()) {
            trouble.begins(new AccessDeniedException("/x/.work/job_a/y", "/x/failed/a.txt", null));
            trouble.begins(new AccessDeniedException("/x/.work/job_b/y", "/x/failed/b.txt", null));
            trouble.begins(new AccessDeniedException("/x/outbox/b.txt"));

            assertThat(err.text().lines()).hasSize(2);
        }
    }

    @Test
    void afterManyCauses_noMoreAreSaid() {
        try (CapturedErr err = new CapturedErr()) {
            for (int i = 0; i < 1000; i++) {
                trouble.begins(new IOException("cause " + i));
            }

            assertThat(err.text().lines()).hasSize(50);
        }
    }
}
