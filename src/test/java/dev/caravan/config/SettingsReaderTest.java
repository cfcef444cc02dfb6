package dev.caravan.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.config.Settings.Mode;
import dev.caravan.config.Settings.Transport;
import dev.caravan.runtime.Workers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {
    private static final String NOT_YET = "this version does not have it yet; leave it at its default";

    @TempDir
    Path folder;

    @Test
    void defaults_areThoseOfTheContract() {
        Settings settings = environment(Map.of()).settings();

        assertThat(settings.bedrock().mode()).isEqualTo(Mode.AUTO);
        assertThat(settings.bedrock().region()).isEmpty();
        assertThat(settings.bedrock().endpoint()).isEmpty();
        assertThat(settings.bedrock().profile()).isEqualTo("auto");
        assertThat(settings.bedrock().transport()).isEqualTo(Transport.WIRE);
        assertThat(settings.model()).isEqualTo("claude-sonnet");
        assertThat(settings.temperature()).isEqualTo(0.7);
        assertThat(settings.maxTokens()).isEqualTo(4096);
        assertThat(settings.rateLimit()).isEqualTo(new Settings.RateLimit(50, Duration.ofMinutes(1)));
        assertThat(settings.retry()).isEqualTo(new Settings.Retry(3, Duration.ofSeconds(1), Duration.ofSeconds(60)));
        assertThat(settings.timeout())
                .isEqualTo(new Settings.Timeouts(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(120),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(600)));
        assertThat(settings.http())
                .isEqualTo(new Settings.Http(
                        8080,
                        "127.0.0.1",
                        List.of(),
                        List.of(),
                        25L << 20,
                        Workers.virtualThreads() ? 4096 : 1024,
                        Duration.ofSeconds(15)));
        assertThat(settings.managementPort()).isEqualTo(9876);
        assertThat(settings.emulatorPort()).isZero();
        assertThat(settings.routesDir()).isEqualTo(folder.resolve("routes"));
        assertThat(settings.catalogue()).isEmpty();
        assertThat(settings.shutdownTimeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void somethingElseInTheFoldersPlace_isRefused() throws IOException {
        Files.writeString(folder.resolve("file"), "{}");
        SettingsSources given =
                SettingsSources.standalone(folder, Map.of("CARAVAN_SCHEMAS_DIR", "file"), new Properties());

        assertThatThrownBy(() -> SettingsReader.read(given))
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        e -> assertThat(e.problems())
                                .containsExactly("caravan.schemas.dir = file: must be a folder, and is something else"
                                        + " (from CARAVAN_SCHEMAS_DIR)"));
        Files.writeString(folder.resolve("schemas"), "{}");
        assertThatThrownBy(() -> SettingsReader.read(SettingsSources.standalone(folder, Map.of(), new Properties())))
                .isInstanceOf(SettingsException.class);
        assertThatCode(() -> SettingsReader.read(
                        SettingsSources.standalone(folder, Map.of("CARAVAN_SCHEMAS_DIR", "none"), new Properties())))
                .doesNotThrowAnyException();
    }

    @Test
    void everyVariable_reachesItsSetting() {
        Settings settings = environment(Map.ofEntries(
                        Map.entry("CARAVAN_BEDROCK_MODE", "aws"),
                        Map.entry("AWS_REGION", "eu-west-1"),
                        Map.entry("CARAVAN_BEDROCK_ENDPOINT", "http://localhost:4566"),
                        Map.entry("CARAVAN_BEDROCK_PROFILE", "eu"),
                        Map.entry("CARAVAN_BEDROCK_TRANSPORT", "sdk"),
                        Map.entry("BEDROCK_MODEL_ID", "claude-3-sonnet"),
                        Map.entry("BEDROCK_TEMPERATURE", "0"),
                        Map.entry("BEDROCK_MAX_TOKENS", "1"),
                        Map.entry("CARAVAN_RATE_LIMIT", "0"),
                        Map.entry("CARAVAN_RATE_WINDOW", "5m"),
                        Map.entry("CARAVAN_MAX_RETRIES", "10"),
                        Map.entry("CARAVAN_RETRY_DELAY", "500ms"),
                        Map.entry("CARAVAN_RETRY_MAX_WAIT", "1h"),
                        Map.entry("CARAVAN_TIMEOUT_CONNECT", "1s"),
                        Map.entry("CARAVAN_TIMEOUT_FIRST_BYTE", "2m"),
                        Map.entry("CARAVAN_TIMEOUT_IDLE", "1500ms"),
                        Map.entry("CARAVAN_TIMEOUT_TOTAL", "24h"),
                        Map.entry("CARAVAN_PORT", "0"),
                        Map.entry("CARAVAN_HOST", "0.0.0.0"),
                        Map.entry("CARAVAN_CORS", "https://App.example:443, http://localhost:3000"),
                        Map.entry("CARAVAN_API_KEYS", "one, two"),
                        Map.entry("CARAVAN_MAX_BODY", "1024"),
                        Map.entry("CARAVAN_MAX_CONCURRENT", "7"),
                        Map.entry("CARAVAN_PING", "1s"),
                        Map.entry("CARAVAN_MANAGEMENT_PORT", "0"),
                        Map.entry("CARAVAN_EMULATOR_PORT", "8088"),
                        Map.entry("CARAVAN_ROUTES_DIR", "my/routes"),
                        Map.entry("CARAVAN_CATALOGUE", "models.yaml"),
                        Map.entry("CARAVAN_SHUTDOWN_TIMEOUT", "0ms")))
                .settings();

        assertThat(settings.bedrock().mode()).isEqualTo(Mode.AWS);
        assertThat(settings.bedrock().region()).contains("eu-west-1");
        assertThat(settings.bedrock().endpoint()).contains(URI.create("http://localhost:4566"));
        assertThat(settings.bedrock().profile()).isEqualTo("eu");
        assertThat(settings.bedrock().transport()).isEqualTo(Transport.SDK);
        assertThat(settings.model()).isEqualTo("claude-3-sonnet");
        assertThat(settings.temperature()).isZero();
        assertThat(settings.maxTokens()).isEqualTo(1);
        assertThat(settings.rateLimit()).isEqualTo(new Settings.RateLimit(0, Duration.ofMinutes(5)));
        assertThat(settings.retry()).isEqualTo(new Settings.Retry(10, Duration.ofMillis(500), Duration.ofHours(1)));
        assertThat(settings.timeout().connect()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.timeout().firstByte()).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.timeout().idle()).isEqualTo(Duration.ofMillis(1500));
        assertThat(settings.timeout().total()).isEqualTo(Duration.ofDays(1));
        assertThat(settings.http())
                .isEqualTo(new Settings.Http(
                        0,
                        "0.0.0.0",
                        List.of("https://app.example", "http://localhost:3000"),
                        List.of(new Secret("one"), new Secret("two")),
                        1024,
                        7,
                        Duration.ofSeconds(1)));
        assertThat(settings.managementPort()).isZero();
        assertThat(settings.emulatorPort()).isEqualTo(8088);
        assertThat(settings.routesDir()).isEqualTo(folder.resolve("my/routes"));
        assertThat(settings.catalogue()).contains(folder.resolve("models.yaml"));
        assertThat(settings.shutdownTimeout()).isZero();
    }

    @Test
    void strongerSourceWins_fileThenDotEnvThenEnvironmentThenSystemProperty() throws IOException {
        file("application.properties", "caravan.max-tokens=1\n");
        assertThat(alone(Map.of(), Map.of()).settings().maxTokens()).isEqualTo(1);
        file(".env", "BEDROCK_MAX_TOKENS=2\n");
        assertThat(alone(Map.of(), Map.of()).settings().maxTokens()).isEqualTo(2);
        Map<String, String> environment = Map.of("BEDROCK_MAX_TOKENS", "3");
        assertThat(alone(environment, Map.of()).settings().maxTokens()).isEqualTo(3);
        Map<String, String> system = Map.of("caravan.max-tokens", "4");
        assertThat(alone(environment, system).settings().maxTokens()).isEqualTo(4);
    }

    @Test
    void embedded_hostThenEnvironmentThenSystemProperty_andNoFiles() throws IOException {
        file("application.properties", "caravan.model=from-file\n");
        Map<String, String> host = Map.of("caravan.max-tokens", "1", "other.setting", "x", "camel.main.name", "host");

        Settings settings = embedded(host, Map.of(), Map.of()).settings();
        assertThat(settings.maxTokens()).isEqualTo(1);
        assertThat(settings.model()).isEqualTo("claude-sonnet");
        assertThat(settings.routesDir()).isEqualTo(Path.of("routes"));

        Map<String, String> environment = Map.of("BEDROCK_MAX_TOKENS", "2");
        assertThat(embedded(host, environment, Map.of()).settings().maxTokens()).isEqualTo(2);
        Map<String, String> system = Map.of("caravan.max-tokens", "3");
        assertThat(embedded(host, environment, system).settings().maxTokens()).isEqualTo(3);
    }

    @Test
    void emptyValue_meansTheDefault() throws IOException {
        file("application.properties", "caravan.max-tokens=1\ncaravan.model=\n");
        Settings settings = alone(Map.of("BEDROCK_MAX_TOKENS", " ", "CARAVAN_API_KEYS", ""), Map.of())
                .settings();

        assertThat(settings.maxTokens()).isEqualTo(4096);
        assertThat(settings.model()).isEqualTo("claude-sonnet");
        assertThat(settings.http().apiKeys()).isEmpty();
    }

    @Test
    void region_fallsBackToTheDefaultRegionVariable() throws IOException {
        assertThat(environment(Map.of("AWS_DEFAULT_REGION", "eu-west-1"))
                        .settings()
                        .bedrock()
                        .region())
                .contains("eu-west-1");
        assertThat(environment(Map.of("AWS_DEFAULT_REGION", "eu-west-1", "AWS_REGION", ""))
                        .settings()
                        .bedrock()
                        .region())
                .contains("eu-west-1");
        file(".env", "AWS_REGION=us-west-2\n");
        assertThat(environment(Map.of("AWS_DEFAULT_REGION", "eu-west-1"))
                        .settings()
                        .bedrock()
                        .region())
                .contains("us-west-2");
    }

    @Test
    void endpoint_fallsBackToTheNameOfTheAwsTools() throws IOException {
        file(".env", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME=https://vpce.example\n");
        assertThat(environment(Map.of()).settings().bedrock().endpoint()).contains(URI.create("https://vpce.example"));
        assertThat(environment(Map.of("CARAVAN_BEDROCK_ENDPOINT", "http://test:1"))
                        .settings()
                        .bedrock()
                        .endpoint())
                .contains(URI.create("http://test:1"));
        file(".env", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME=ftp://vpce.example\n");
        assertThat(problems(Map.of()))
                .containsExactly(
                        "caravan.bedrock.endpoint = ftp://vpce.example: must be an http or https address with a"
                                + " host, without user, query and fragment (from AWS_ENDPOINT_URL_BEDROCK_RUNTIME)");
    }

    @Test
    void awsVariables_comeFromEnvironmentAndDotEnv_environmentWins() throws IOException {
        file(".env", "AWS_PROFILE=file\nAWS_ACCESS_KEY_ID=AKIAFILE\nDB_PASSWORD=x\n");
        AwsEnvironment aws = environment(Map.of("AWS_PROFILE", "env", "https_proxy", "http://proxy:1", "HOME", "/h"))
                .settings()
                .aws();

        assertThat(aws.get("AWS_PROFILE")).contains("env");
        assertThat(aws.get("AWS_ACCESS_KEY_ID")).contains("AKIAFILE");
        assertThat(aws.get("https_proxy")).contains("http://proxy:1");
        assertThat(aws.get("HOME")).contains("/h");
        assertThat(aws.get("DB_PASSWORD")).isEmpty();
    }

    @Test
    void everyProblemIsNamed_withKeyValueRuleAndSource() throws IOException {
        file("application.properties", "caravan.retry.max=11\n");
        file(".env", "BEDROCK_TEMPERATURE=hot\n");

        assertThat(catchThrowableOfType(
                                SettingsException.class,
                                () -> alone(Map.of("CARAVAN_RATE_LIMIT", "-1"), Map.of("caravan.http.port", "65536")))
                        .problems())
                .containsExactlyInAnyOrder(
                        "caravan.retry.max = 11: must be a whole number, 0 to 10 (from application.properties)",
                        "caravan.temperature = hot: must be a number, 0 to 2 (from BEDROCK_TEMPERATURE in .env)",
                        "caravan.rate-limit.requests = -1: must be a whole number, 0 to 100000 (from CARAVAN_RATE_LIMIT)",
                        "caravan.http.port = 65536: must be a whole number, 0 to 65535 (from -D)");
    }

    @ParameterizedTest
    @CsvSource({
        "caravan.rate-limit.window,99ms",
        "caravan.rate-limit.window,61m",
        "caravan.rate-limit.window,60",
        "caravan.rate-limit.window,1.5s",
        "caravan.rate-limit.window,1 s",
        "caravan.rate-limit.window,99999999999999999999s",
        "caravan.retry.delay,0ms",
        "caravan.timeout.first-byte,0ms",
        "caravan.timeout.idle,25h",
        "caravan.timeout.total,25h",
        "caravan.temperature,2.1",
        "caravan.temperature,-0.1",
        "caravan.temperature,NaN",
        "caravan.temperature,1e0",
        "caravan.max-tokens,0",
        "caravan.max-tokens,99999999999",
        "caravan.http.max-body,1023",
        "caravan.http.max-body,2GiB",
        "caravan.http.max-body,999999999999GiB",
        "caravan.http.max-body,25MB",
        "caravan.http.max-concurrent,0",
        "caravan.http.host,http://localhost",
        "caravan.http.host,[::1]",
        "caravan.http.cors,*",
        "caravan.http.cors,https://app.example/",
        "caravan.http.cors,'https://a.example,'",
        "caravan.bedrock.mode,AWS",
        "caravan.bedrock.profile,eu.",
        "caravan.bedrock.region,eu west",
        "caravan.bedrock.endpoint,localhost:8080",
        "caravan.bedrock.endpoint,http://",
        "caravan.bedrock.endpoint,http://host:99999",
        "caravan.model,two words",
        "caravan.report.enabled,yes"
    })
    void valueAgainstItsRule_isAProblem(String key, String value) {
        assertThat(problems(Map.of(), Map.of(key, value)))
                .singleElement()
                .asString()
                .startsWith(key + " = " + value + ": must be ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"::1", "::", "localhost", "my-host.example", "10.0.0.1", "fe80::1%eth0"})
    void hosts_canBeNamesAndAddresses(String host) {
        assertThat(environment(Map.of("CARAVAN_HOST", host)).settings().http().host())
                .isEqualTo(host);
    }

    @Test
    void unknownKey_isAProblemInAnySource_andOffersTheNearest() throws IOException {
        file("application.properties", "caravan.retry.mx=1\n");
        file(".env", "caravan.model=x\n");

        assertThat(problems(Map.of(), Map.of("caravan.port", "1", "caravan.quite.another-thing", "1")))
                .containsExactlyInAnyOrder(
                        "caravan.retry.mx = 1: no such key; did you mean caravan.retry.max? (from application.properties)",
                        "caravan.model = x: a key is not a variable; write BEDROCK_MODEL_ID (from caravan.model in .env)",
                        "caravan.port = 1: no such key; did you mean caravan.http.port? (from -D)",
                        "caravan.quite.another-thing = 1: no such key (from -D)");
    }

    @Test
    void unknownVariable_isAWarning() throws IOException {
        file(".env", "CARAVAN_MODEL=x\n");
        assertThat(environment(Map.of("CARAVAN_RATE_LIMITS", "1", "UNRELATED", "1"))
                        .warnings())
                .containsExactlyInAnyOrder(
                        "unknown variable CARAVAN_MODEL in .env is ignored; did you mean BEDROCK_MODEL_ID?",
                        "unknown variable CARAVAN_RATE_LIMITS is ignored; did you mean CARAVAN_RATE_LIMIT?");
    }

    @Test
    void secrets_areHiddenInProblemsAndInTheTree() {
        assertThat(problems(
                        Map.of("CARAVAN_API_KEYS", "hush hush"),
                        Map.of(
                                "caravan.http.api-kyes", "hush",
                                "caravan.some.password", "hush",
                                "caravan.bedrock.endpoint", "http://me:hush@host",
                                "caravan.groq.api-key", "hush")))
                .hasSize(5)
                .allSatisfy(problem -> assertThat(problem).contains(" = ***: ").doesNotContain("hush"));

        SettingsSources sources = SettingsSources.embedded(
                Map.of("caravan.http.api-keys", "hush"), Map.of("AWS_SECRET_ACCESS_KEY", "hush"), new Properties());
        assertThat(sources.toString() + SettingsReader.read(sources)).doesNotContain("hush");
    }

    @Test
    void emptyItemInApiKeys_isAProblem_becauseItMustNotOpenTheDoor() {
        assertThat(problems(Map.of("CARAVAN_API_KEYS", ","))).hasSize(1);
    }

    @Test
    void valueIsShownOnOneLine_andCut() {
        assertThat(problems(Map.of("CARAVAN_PORT", "1\r\n2\u2028" + "x".repeat(500))))
                .singleElement()
                .asString()
                .startsWith("caravan.http.port = 1\\u000d\\u000a2\\u2028xxx")
                .contains("x…: must be")
                .hasSizeLessThan(250);
    }

    @Test
    void settingOfLaterWork_mayOnlyHaveItsDefault() {
        assertThat(environment(Map.of(
                                "CARAVAN_FALLBACK_COOLDOWN", "30000ms",
                                "USE_GROQ", "False",
                                "CARAVAN_TLS_CERT", ""))
                        .warnings())
                .isEmpty();
        assertThat(problems(
                        Map.of(
                                "CARAVAN_FALLBACK_COOLDOWN", "31s",
                                "USE_GROQ", "True",
                                "CARAVAN_PROVIDERS_LOCAL_BASE_URL", "http://localhost:11434/v1"),
                        Map.of("caravan.groq.model", "other", "caravan.fallbacks", "a > b")))
                .containsExactlyInAnyOrder(
                        "caravan.fallback.cooldown = 31s: " + NOT_YET + " (from CARAVAN_FALLBACK_COOLDOWN)",
                        "caravan.groq.use = True: " + NOT_YET + " (from USE_GROQ)",
                        "CARAVAN_PROVIDERS_LOCAL_BASE_URL = http://localhost:11434/v1: " + NOT_YET
                                + " (from CARAVAN_PROVIDERS_LOCAL_BASE_URL)",
                        "caravan.groq.model = other: " + NOT_YET + " (from -D)",
                        "caravan.fallbacks = a > b: " + NOT_YET + " (from -D)");
    }

    @Test
    void groqVariablesAlone_stopNothing() {
        assertThat(environment(Map.of("GROQ_API_KEY", "gsk", "GROQ_MODEL", "x y", "GROQ_BASE_URL", "?"))
                        .warnings())
                .isEmpty();
    }

    @Test
    void mainAndManagementPort_mustDiffer() {
        assertThat(problems(Map.of("CARAVAN_PORT", "9876")))
                .containsExactly(
                        "caravan.management.port = 9876: must differ from caravan.http.port (from the default)");
        assertThat(environment(Map.of("CARAVAN_PORT", "0", "CARAVAN_MANAGEMENT_PORT", "0"))
                        .warnings())
                .isEmpty();
    }

    @Test
    void emulatorPort_mustDifferFromBothOthers() {
        assertThat(problems(Map.of("CARAVAN_EMULATOR_PORT", "8080")))
                .containsExactly("caravan.emulator.port = 8080: must differ from caravan.http.port"
                        + " (from CARAVAN_EMULATOR_PORT)");
        assertThat(problems(Map.of("CARAVAN_PORT", "0", "CARAVAN_EMULATOR_PORT", "9876")))
                .containsExactly("caravan.emulator.port = 9876: must differ from caravan.management.port"
                        + " (from CARAVAN_EMULATOR_PORT)");
    }

    @Test
    void profile_isNoLongerThanAPrefixCanBe() {
        assertThat(problems(Map.of("CARAVAN_BEDROCK_PROFILE", "abcdefghijklmnopqrst")))
                .singleElement()
                .asString()
                .startsWith("caravan.bedrock.profile = abcdefghijklmnopqrst: must be");
    }

    @Test
    void effective_hasWhatIsInForce_butNoSecret() throws IOException {
        file("application.properties", "caravan.max-tokens=5\ncaravan.model=claude-opus\n");

        Map<String, String> effective = environment(
                        Map.of("BEDROCK_MODEL_ID", "claude-haiku", "CARAVAN_API_KEYS", "hush"))
                .effective();

        assertThat(effective)
                .containsEntry("caravan.max-tokens", "5")
                .containsEntry("caravan.model", "claude-haiku")
                .containsEntry("caravan.retry.max", "3")
                .containsEntry("caravan.catalogue", "")
                .doesNotContainKey("caravan.http.api-keys");
    }

    @Test
    void unknownVariable_isNamedBesideProblemsToo() {
        SettingsException failure = catchThrowableOfType(
                SettingsException.class,
                () -> environment(Map.of("CARAVAN_RATE_LIMITS", "1", "CARAVAN_MAX_RETRIES", "11")));

        assertThat(failure.problems()).hasSize(1);
        assertThat(failure.warnings()).singleElement().asString().contains("CARAVAN_RATE_LIMITS");
    }

    @Test
    void propertiesFile_withByteOrderMarkIsRead_andABrokenOneIsAProblem() throws IOException {
        file("application.properties", "\uFEFFcaravan.max-tokens=5\n");
        assertThat(environment(Map.of()).settings().maxTokens()).isEqualTo(5);
        file("application.properties", "caravan.model=\\u12\n");
        assertThat(problems(Map.of()))
                .containsExactly(
                        "application.properties: a backslash and u must be followed by four hexadecimal digits");
        Files.write(folder.resolve("application.properties"), new byte[] {'a', '=', (byte) 0xff});
        assertThat(problems(Map.of())).containsExactly("application.properties: must be a readable file in UTF-8");
    }

    private void file(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private SettingsReader.Loaded environment(Map<String, String> environment) {
        return alone(environment, Map.of());
    }

    private SettingsReader.Loaded alone(Map<String, String> environment, Map<String, String> system) {
        return SettingsReader.read(SettingsSources.standalone(folder, environment, properties(system)));
    }

    private static SettingsReader.Loaded embedded(
            Map<String, String> host, Map<String, String> environment, Map<String, String> system) {
        return SettingsReader.read(SettingsSources.embedded(host, environment, properties(system)));
    }

    private List<String> problems(Map<String, String> environment) {
        return problems(environment, Map.of());
    }

    private List<String> problems(Map<String, String> environment, Map<String, String> system) {
        return catchThrowableOfType(SettingsException.class, () -> alone(environment, system))
                .problems();
    }

    private static Properties properties(Map<String, String> entries) {
        Properties properties = new Properties();
        properties.putAll(entries);
        return properties;
    }
}
