package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.caravan.config.Settings;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.error.LlmException.Retry;
import dev.caravan.support.BedrockTestServer;
import dev.caravan.support.WireSettings;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PfxOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;

/** TLS to a server whose certificate nobody but AWS_CA_BUNDLE vouches for. */
class WireTlsTest {
    @TempDir
    static Path dir;

    private static Vertx vertx;
    private static BedrockTestServer server;

    @BeforeAll
    static void start() throws Exception {
        Path store = dir.resolve("server.p12");
        keytool(
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=test",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit",
                "-validity",
                "30");
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "server",
                "-file",
                bundle(),
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit");
        vertx = Vertx.vertx();
        server = new BedrockTestServer(
                vertx,
                new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(
                                new PfxOptions().setPath(store.toString()).setPassword("changeit")));
    }

    private static String bundle() {
        return dir.resolve("ca.pem").toString();
    }

    private static void keytool(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static void invoke(Settings settings) {
        try (BedrockProvider provider = BedrockProvider.open(settings, BedrockTarget.aws(), vertx, Clock.systemUTC())) {
            provider.client().invokeModel(r -> r.modelId("m").body(SdkBytes.fromUtf8String("{}")));
        }
    }

    private static WireSettings settings(URI endpoint, Settings.Transport transport) {
        return new WireSettings().endpoint(endpoint).transport(transport);
    }

    @ParameterizedTest
    @EnumSource(Settings.Transport.class)
    void caBundleIsTrusted(Settings.Transport transport) {
        int before = server.seen().size();

        invoke(settings(server.uri("localhost"), transport)
                .env("AWS_CA_BUNDLE", bundle())
                .build());

        assertThat(server.seen()).hasSize(before + 1);
    }

    @Test
    void caBundleThatIsMissingIsAProblemOfTheStart() {
        Settings settings = settings(server.uri("localhost"), Settings.Transport.WIRE)
                .env("AWS_CA_BUNDLE", dir.resolve("none.pem").toString())
                .build();

        assertThat(catchThrowable(() -> invoke(settings)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("AWS_CA_BUNDLE");
    }

    @ParameterizedTest
    @EnumSource(Settings.Transport.class)
    void unknownAuthorityIsNotTrustedAndNotTriedAgain(Settings.Transport transport) {
        LlmException failure = BedrockErrors.toLlm(catchThrowable(
                () -> invoke(settings(server.uri("localhost"), transport).build())));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        assertThat(failure.retry()).isEqualTo(Retry.NEVER);
        assertThat(failure.getMessage()).contains("AWS_CA_BUNDLE");
    }

    @ParameterizedTest
    @EnumSource(Settings.Transport.class)
    void certificateOfAnotherHostIsRefused(Settings.Transport transport) {
        LlmException failure =
                BedrockErrors.toLlm(catchThrowable(() -> invoke(settings(server.uri("127.0.0.1"), transport)
                        .env("AWS_CA_BUNDLE", bundle())
                        .build())));

        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_UNAVAILABLE);
        assertThat(failure.retry()).isEqualTo(Retry.NEVER);
    }

    @ParameterizedTest
    @EnumSource(Settings.Transport.class)
    void httpsGoesThroughTheProxysTunnel(Settings.Transport transport) throws Exception {
        try (ConnectProxy proxy = new ConnectProxy("user", "p@ss")) {
            invoke(settings(server.uri("localhost"), transport)
                    .env("AWS_CA_BUNDLE", bundle())
                    .env("HTTPS_PROXY", "http://user:p%40ss@127.0.0.1:" + proxy.port())
                    .build());

            assertThat(proxy.tunnels()).containsExactly("localhost:" + server.port());
        }
    }

    @ParameterizedTest
    @EnumSource(Settings.Transport.class)
    void noProxyGoesStraight(Settings.Transport transport) throws Exception {
        try (ConnectProxy proxy = new ConnectProxy(null, null)) {
            invoke(settings(server.uri("localhost"), transport)
                    .env("AWS_CA_BUNDLE", bundle())
                    .env("https_proxy", "http://127.0.0.1:" + proxy.port())
                    .env("no_proxy", "example.com, localhost")
                    .build());

            assertThat(proxy.tunnels()).isEmpty();
        }
    }
}
