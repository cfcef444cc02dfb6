package dev.caravan.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Assertions;

class ModelResolverPropertyTest {
    private static final ModelResolver RESOLVER =
            new ModelResolver(CatalogueReader.shipped(), "claude-sonnet", "auto", "us-east-1");

    @Property(tries = 300)
    void any_text_resolves_or_is_refused(@ForAll String name) {
        resolveOrRefuse(name);
    }

    @Property(tries = 500)
    void any_text_made_of_parts_of_names_resolves_or_is_refused(@ForAll("likely") String name) {
        resolveOrRefuse(name);
    }

    @Property(tries = 30)
    void long_text_is_answered_quickly(@ForAll("longest") String name) {
        Assertions.assertTimeout(Duration.ofSeconds(2), () -> resolveOrRefuse(name));
    }

    @Provide
    Arbitrary<String> likely() {
        return Arbitraries.of(
                        "us.",
                        "bedrock/",
                        "arn:aws:bedrock:us-east-1::",
                        "foundation-model/",
                        "anthropic.",
                        "claude-",
                        "sonnet",
                        "4-5",
                        "-v1:0",
                        "/",
                        ":",
                        ".",
                        "-20250929")
                .list()
                .ofMinSize(1)
                .ofMaxSize(8)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> longest() {
        return Arbitraries.of("a", "arn:aws:bedrock:us-east-1::", "us.", "-", "anthropic.", "/", ":")
                .flatMap(part ->
                        Arbitraries.of(List.of(128, 2048, 100_000)).map(length -> part.repeat(length / part.length())));
    }

    private static void resolveOrRefuse(String name) {
        try {
            assertThat(RESOLVER.resolve(name).callId()).isNotBlank();
        } catch (LlmException e) {
            assertThat(Set.of(ErrorKind.INVALID_REQUEST, ErrorKind.MODEL_NOT_FOUND))
                    .contains(e.kind());
        }
    }
}
