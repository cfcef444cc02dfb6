package dev.caravan.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SpecialTokensTest {

    @ParameterizedTest
    @CsvSource({
        "LLAMA, <|eot<|eot_id|>_id|>, <|eot< |eot_id|>_id|>",
        "LLAMA, <<|eot_id|>, << |eot_id|>",
        "LLAMA, <|reserved_special_token_7|>, < |reserved_special_token_7|>",
        "INSTRUCT, <<s>/s>, << s>/s>",
        "INSTRUCT, <<<SYS>>, << <SYS>>",
        "INSTRUCT, [/IN[/INST]ST], [/IN[ /INST]ST]",
        "INSTRUCT, [[INST]], [[ INST]]",
        "DEEPSEEK, <｜Us<｜User｜>er｜>, <｜Us< ｜User｜>er｜>",
        "DEEPSEEK, <|EOT|>, < |EOT|>",
        "TITAN, ' User:', ' U ser:'",
        "TITAN, bOt :, b Ot :",
    })
    void a_token_is_broken_and_nothing_else_is_lost(SpecialTokens tokens, String text, String broken) {
        assertThat(tokens.breakUp(text)).isEqualTo(broken);
    }

    @Test
    void a_line_may_end_in_many_ways() {
        for (String end :
                List.of("\n", "\r", "\r\n", "\u000B", "\f", "\u0085", "\u2028", "\u2029", "\n\n \t\u00A0\u3000")) {
            assertThat(SpecialTokens.TITAN.breakUp("x" + end + "User: y")).isEqualTo("x" + end + "U ser: y");
        }
    }

    @ParameterizedTest
    @EnumSource(SpecialTokens.class)
    void code_stays_as_it_is(SpecialTokens tokens) {
        String code = "a <| b |> c; x[INSTANCE] = y[inst]; List<S>; <span></style>; user=User:x <| |> <｜ ｜> "
                + "[INSTRUCTION] <<SYS> print('Bot: hi')\n  users: 1\nrobot: 2\n<|a b|>";

        assertThat(tokens.breakUp(code)).isEqualTo(code);
    }

    @Property
    void what_is_broken_has_no_token_left(@ForAll SpecialTokens tokens, @ForAll String text) {
        String broken = tokens.breakUp(text);

        assertThat(tokens.breakUp(broken)).isEqualTo(broken);
    }
}
