package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.Identity;

class CachedIdentityTest {
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private int asked;
    private Duration validity;
    private boolean failing;

    private final CachedIdentity cache = new CachedIdentity(this::answer, new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    });

    private Identity answer() {
        asked++;
        if (failing) {
            throw LlmException.of(ErrorKind.PROVIDER_ACCESS_DENIED, "none");
        }
        return AwsSessionCredentials.builder()
                .accessKeyId("key-" + asked)
                .secretAccessKey("s")
                .sessionToken("t")
                .expirationTime(validity == null ? null : now.plus(validity))
                .build();
    }

    private String key() {
        return ((AwsCredentialsIdentity) cache.resolve()).accessKeyId();
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void identityIsKeptForHalfAMinute() {
        assertThat(key()).isEqualTo("key-1");
        pass(Duration.ofSeconds(29));
        assertThat(key()).isEqualTo("key-1");
        pass(Duration.ofSeconds(1));
        assertThat(key()).isEqualTo("key-2");
    }

    @Test
    void expiryIsHonoured() {
        validity = Duration.ofSeconds(70);
        assertThat(key()).isEqualTo("key-1");
        pass(Duration.ofSeconds(9));
        assertThat(key()).isEqualTo("key-1");
        pass(Duration.ofSeconds(2));
        assertThat(key()).isEqualTo("key-2");
    }

    @Test
    void identityThatIsStillGoodOutlivesAFailedRenewal() {
        validity = Duration.ofMinutes(10);
        assertThat(key()).isEqualTo("key-1");
        failing = true;
        pass(Duration.ofMinutes(5));
        assertThat(key()).isEqualTo("key-1");
        pass(Duration.ofMinutes(6));
        assertThatThrownBy(this::key).isInstanceOf(LlmException.class);
    }

    @Test
    void failureIsKeptForFiveSeconds() {
        failing = true;
        assertThatThrownBy(this::key).isInstanceOf(LlmException.class);
        assertThatThrownBy(this::key).isInstanceOf(LlmException.class);
        assertThat(asked).isEqualTo(1);
        failing = false;
        pass(Duration.ofSeconds(5));
        assertThat(key()).isEqualTo("key-2");
    }

    @Test
    void identityThatAwsCallsExpiredIsForgottenOnce() {
        Identity first = cache.resolve();
        cache.expired(first);
        assertThat(key()).isEqualTo("key-2");
        cache.expired(first);
        assertThat(key()).isEqualTo("key-2");
    }
}
