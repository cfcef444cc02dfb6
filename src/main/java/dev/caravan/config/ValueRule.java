package dev.caravan.config;

import java.util.Optional;
import java.util.function.Function;

/**
 * What a value must look like.
 *
 * @param text the rule in words, such as {@code 0 to 65535}
 * @param parser the value of a trimmed text that is not empty, or empty when the text breaks the rule; never throws
 */
record ValueRule<T>(String text, Function<String, Optional<T>> parser) {
    Optional<T> parse(String value) {
        return parser.apply(value);
    }
}
