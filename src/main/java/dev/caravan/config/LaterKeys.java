package dev.caravan.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Keys that are known, but whose only value in this version is their default. */
final class LaterKeys {
    static final Key<List<String>> BEDROCK_REGIONS = Key.of(
                    "bedrock.regions",
                    "",
                    Rules.list("comma-separated AWS regions", Rules.region()),
                    "a pool of regions for one model, in order; empty: none")
            .notYet();
    static final Key<String> FALLBACKS = Key.of(
                    "fallbacks",
                    "",
                    Rules.text("model > model, model; model > model, up to 10000 characters", "[^\\p{Cntrl}]{1,10000}"),
                    "models to try in order when the first fails; empty: none")
            .notYet();
    static final Key<Duration> FALLBACK_COOLDOWN = Key.of(
                    "fallback.cooldown",
                    "30s",
                    Rules.duration("0ms", "24h"),
                    "a target that failed so is tried last for so long")
            .notYet();
    static final Key<Boolean> GROQ_USE = Key.of(
                    "groq.use",
                    "false",
                    Rules.bool(),
                    "True makes Groq, or any OpenAI-compatible server, the default provider")
            .env("USE_GROQ")
            .notYet();
    static final Key<Secret> GROQ_API_KEY = Key.of(
                    "groq.api-key", "", Rules.secret(), "its key, may be empty; of no effect unless caravan.groq.use")
            .env("GROQ_API_KEY")
            .asSecret()
            .notYet();
    static final Key<String> GROQ_MODEL = Key.of(
                    "groq.model", "openai/gpt-oss-120b", Rules.modelName(), "its model when a request names none")
            .env("GROQ_MODEL")
            .notYet();
    static final Key<URI> GROQ_BASE_URL = Key.of(
                    "groq.base-url", "https://api.groq.com/openai/v1", Addresses.baseUri(), "its address")
            .env("GROQ_BASE_URL")
            .notYet();
    static final Key<Path> TLS_CERT = Key.of(
                    "http.tls.cert", "", Rules.path("a PEM file"), "certificate of the main port; empty: no TLS")
            .env("CARAVAN_TLS_CERT")
            .notYet();
    static final Key<Path> TLS_KEY = Key.of(
                    "http.tls.key", "", Rules.path("a PEM file"), "private key of the main port")
            .env("CARAVAN_TLS_KEY")
            // A path is none, but the PEM text itself may be given by mistake.
            .asSecret()
            .notYet();
    static final Key<String> HTTP_UNSUPPORTED = Key.of(
                    "http.unsupported",
                    "refuse",
                    Rules.choice("refuse", "drop"),
                    "what the OpenAI and Anthropic dialects do with a parameter the model cannot take")
            .env("CARAVAN_UNSUPPORTED")
            .notYet();
    /** Of no effect, and of no harm as variables, as long as {@link #GROQ_USE} is false. */
    static final Set<Key<?>> GROQ_DETAILS = Set.of(GROQ_API_KEY, GROQ_MODEL, GROQ_BASE_URL);

    static final List<Key<?>> ALL = List.of(
            BEDROCK_REGIONS,
            FALLBACKS,
            FALLBACK_COOLDOWN,
            GROQ_USE,
            GROQ_API_KEY,
            GROQ_MODEL,
            GROQ_BASE_URL,
            TLS_CERT,
            TLS_KEY,
            HTTP_UNSUPPORTED);

    private LaterKeys() {}
}
