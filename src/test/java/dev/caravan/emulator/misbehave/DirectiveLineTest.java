package dev.caravan.emulator.misbehave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.emulator.aws.AwsFailure;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectiveLineTest {
    @Test
    void a_text_without_a_line_has_no_directive() {
        assertThat(DirectiveLine.find("Tell me about @emulator error=500")).isEmpty();
        assertThat(DirectiveLine.find("@emulators error=500")).isEmpty();
    }

    @Test
    void keys_are_read() {
        Directive directive = DirectiveLine.find(
                        "Hello\n  @emulator error=ThrottlingException times=2 delay=200ms stop=x malformed empty reset\r\n")
                .orElseThrow();

        assertThat(directive.error().orElseThrow().status()).isEqualTo(429);
        assertThat(directive.times()).hasValue(2);
        assertThat(directive.delay()).isEqualTo(Duration.ofMillis(200));
        assertThat(directive.stop()).hasValue("x");
        assertThat(directive.malformed() && directive.empty() && directive.reset())
                .isTrue();
    }

    @Test
    void what_goes_wrong_in_a_stream_is_read() {
        Directive directive = DirectiveLine.find("@emulator fault=exception after=3 error=503 text=gone")
                .orElseThrow();

        assertThat(directive.fault()).hasValue(StreamFault.EXCEPTION);
        assertThat(directive.after()).isEqualTo(3);
        assertThat(directive.failsInStream()).isTrue();
        assertThat(directive.withoutText().text()).isEmpty();
        assertThat(directive.withoutText().error()).isPresent();
    }

    @Test
    void a_quoted_value_may_hold_spaces_and_escapes() {
        assertThat(DirectiveLine.find("@emulator text=\"{\\\"a\\\": \\\\1}\\nb\" times=1")
                        .orElseThrow()
                        .text())
                .hasValue("{\"a\": \\1}\nb");
    }

    @Test
    void an_unquoted_value_goes_to_the_next_space() {
        assertThat(DirectiveLine.find("@emulator text={\"a\":1} times=1")
                        .orElseThrow()
                        .text())
                .hasValue("{\"a\":1}");
    }

    @Test
    void a_long_quoted_value_is_read() {
        String value = "\\\"a b".repeat(20_000);

        assertThat(DirectiveLine.find("@emulator text=\"" + value + "\"")
                        .orElseThrow()
                        .text()
                        .orElseThrow())
                .hasSize(80_000);
    }

    @Test
    void the_last_line_counts() {
        assertThat(DirectiveLine.find("@emulator text=a\n@emulator text=b")
                        .orElseThrow()
                        .text())
                .hasValue("b");
    }

    @Test
    void a_line_without_keys_is_a_proper_answer() {
        assertThat(DirectiveLine.find("@emulator")).hasValue(Directive.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text=\"open",
                "text=\"a\"b",
                "=x",
                "times=1 times=2",
                "error=ThrottlingException original=503",
                "error=ThrottlingException:503",
                "fault=",
                "fault=Half",
                "after=-1",
                "after=1000001",
                "error=502 original=503"
            })
    void a_line_that_cannot_be_read_is_refused(String keys) {
        assertThatThrownBy(() -> DirectiveLine.find("@emulator " + keys))
                .isInstanceOf(AwsFailure.class)
                .hasMessageStartingWith("@emulator: ");
    }

    @Test
    void strip_leaves_the_rest() {
        assertThat(DirectiveLine.strip("a\n@emulator text=b\nc")).isEqualTo("a\nc");
    }

    @Property(tries = 300)
    void any_line_is_read_or_refused(@ForAll String keys) {
        assertThatCode(() -> {
                    try {
                        DirectiveLine.find("@emulator " + keys);
                    } catch (AwsFailure refusal) {
                        assertThat(refusal.status()).isEqualTo(400);
                    }
                })
                .doesNotThrowAnyException();
    }
}
