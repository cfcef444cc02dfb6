package dev.caravan.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

    private static boolean isText(int ascii, String hex) {
        String text = "a".repeat(ascii);
        byte[] end = HexFormat.of().parseHex(hex);
        byte[] bytes = new byte[ascii + end.length];
        System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, ascii);
        System.arraycopy(end, 0, bytes, ascii, end.length);
        return Utf8.isText(bytes);
    }

    @Property(tries = 200)
    void aTextIsOne_whereverItsFirstSpecialCharacterStands(@ForAll @IntRange(max = 20_000) int ascii) {
        assertThat(isText(ascii, "")).isTrue();
        assertThat(isText(ascii, "c3a96162e282acf09f9880")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"e9", "c080", "c3", "eda080", "f09f98", "80", "c3a9ff"})
    void otherBytes_areNone(String hex) {
        assertThat(isText(0, hex)).isFalse();
        assertThat(isText(5, hex)).isFalse();
        assertThat(isText(20_000, hex)).isFalse();
    }

    @Test
    void bytesThatAParserMayTakeForUtf16_areNone() {
        assertThat(Utf8.isText("{}".getBytes(StandardCharsets.UTF_16BE))).isFalse();
        assertThat(Utf8.isText("{}".getBytes(StandardCharsets.UTF_16LE))).isFalse();
        assertThat(Utf8.isText(new byte[0])).isTrue();
    }
}
