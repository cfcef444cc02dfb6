package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathsTest {
    @ParameterizedTest
    @CsvSource({
        "/v1/models,     /v1/models,     true",
        "/v1/models,     /v1/models/,    true",
        "/v1/models/:id, /v1/models/x,   true",
        "/v1/models/:id, /v1/models,     false",
        "/v1/models/:id, /v1/models/x/y, false",
        "/v1/models/:id, /v1/models/,    false",
        "/files/*,       /files/a/b,     true",
        "/files/*,       /other,         false",
        ",               /v1/models,     false",
    })
    void matches_asVertxDoes(String pattern, String path, boolean expected) {
        assertThat(Paths.matches(pattern, path)).isEqualTo(expected);
    }
}
