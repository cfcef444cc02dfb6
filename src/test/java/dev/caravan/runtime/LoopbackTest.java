package dev.caravan.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST",
                "LocalHost:8080",
                "localhost.",
                "localhost.:8080",
                "127.0.0.1",
                "127.0.0.1:8080",
                "127.0.0.1.",
                "127.255.255.254",
                "127.1",
                "2130706433",
                "::1",
                "[::1]",
                "[::1]:8080",
                "0:0:0:0:0:0:0:1",
                "[0:0:0:0:0:0:0:1]:80",
                "0000::0001",
                "::1%lo",
                "::ffff:127.0.0.1",
                "[::FFFF:7f00:1]:8080",
            })
    void everySpellingOfTheLoopback_isOne(String host) {
        assertThat(Loopback.isLoopback(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                ":",
                ":8080",
                "127.evil.example",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "localhost:evil",
                "127.0.0.1:80:80",
                "localhostile",
                "127.0.0.256",
                "127.0.0.0.1",
                "127..1",
                "128.0.0.1",
                "0.0.0.0",
                "::",
                "::2",
                "[::1",
                "[::1]evil",
                "[127.0.0.1]",
                "[face]",
                "[fe80::1]",
                "::ffff:10.0.0.1",
                "1::1::1",
                "99999999999999999999",
            })
    void whatIsNoLoopback_isNone(String host) {
        assertThat(Loopback.isLoopback(host)).isFalse();
    }

    @Property(tries = 300)
    void anyText_isAnswered(@ForAll String text) {
        Loopback.isLoopback(text);
        Loopback.isLoopback("[" + text + "]");
        Loopback.isLoopback("127." + text);
    }
}
