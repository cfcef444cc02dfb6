package dev.caravan.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {

    @Test
    void options_standBesideTheirValueOrBeforeAnEqualsSign() {
        Arguments arguments = Arguments.parse(
                List.of("emulator", "--port=23003", "--host", "::1", "--access-key=AK", "--secret-key", "a=b"));

        assertThat(arguments.port()).isEqualTo(23003);
        assertThat(arguments.host()).isEqualTo("::1");
        assertThat(arguments.accessKey()).contains("AK");
        assertThat(arguments.secretKey()).contains("a=b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "-h",
                "serve --help",
                "serve -h",
                "emulator --help",
                "emulator -h",
                "emulator --port 1 --help"
            })
    void help_isGivenWhereverItIsAskedFor(String words) {
        assertThat(Arguments.parse(List.of(words.split(" "))).command()).isEqualTo(Arguments.Command.HELP);
    }

    @ParameterizedTest
    @CsvSource({
        "emulator --bogus, unknown option --bogus",
        "emulator --bogus=1, unknown option --bogus",
        "emulator --port, a value is missing",
        "emulator --port --host, a value is missing",
        "emulator --port=, a value is missing",
        "emulator --port 1 --port=2, is given twice",
        "emulator --port 65536, must be 0 to 65535",
        "emulator --port x, must be a whole number",
        "emulator --access-key a, go together",
        "sevre, unknown command: sevre",
        "later --help, unknown command: later",
        "serve now, takes no arguments: now",
    })
    void whatMakesNoSense_isNamed(String words, String message) {
        assertThatExceptionOfType(Arguments.UsageException.class)
                .isThrownBy(() -> Arguments.parse(List.of(words.split(" "))))
                .withMessageContaining(message);
    }
}
