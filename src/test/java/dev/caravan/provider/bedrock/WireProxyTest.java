package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.config.AwsEnvironment;
import dev.caravan.config.Settings;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;

class WireProxyTest extends WireTestBase {

    @ParameterizedTest
    @EnumSource(Settings.Transport.class)
    void plainHttpIsForwarded(Settings.Transport transport) {
        // The test server stands for the proxy: it is sent the whole address.
        BedrockProvider provider = open(settings()
                .transport(transport)
                .endpoint(URI.create("http://bedrock.example.com"))
                .env("HTTP_PROXY", "http://user:p%40ss@127.0.0.1:" + server.port())
                .build());

        provider.client().invokeModel(r -> r.modelId("m").body(SdkBytes.fromUtf8String("{}")));

        assertThat(server.last().uri()).isEqualTo("http://bedrock.example.com/model/m/invoke");
        assertThat(server.last().header("Host")).isEqualTo("bedrock.example.com");
        assertThat(server.last().header("Proxy-Authorization")).isEqualTo("Basic dXNlcjpwQHNz");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bedrock-runtime.eu-west-1.amazonaws.com|amazonaws.com|false",
                "bedrock-runtime.eu-west-1.amazonaws.com|.amazonaws.com|false",
                "bedrock-runtime.eu-west-1.amazonaws.com|*.AMAZONAWS.com|false",
                "bedrock-runtime.eu-west-1.amazonaws.com|*|false",
                "bedrock-runtime.eu-west-1.amazonaws.com|localhost,amazonaws.com:443|false",
                "bedrock-runtime.eu-west-1.amazonaws.com|amazonaws.com:8443|true",
                "bedrock-runtime.eu-west-1.amazonaws.com|aws.com|true",
                "bedrock-runtime.eu-west-1.amazonaws.com|localhost,,127.0.0.1|true",
                "10.0.0.1|10.0.0.1|false",
                "10.0.0.1|0.0.1|false",
                "[::1]|::1|false",
            })
    void noProxyNamesHostsAndSuffixes(String host, String noProxy, boolean proxied) {
        AwsEnvironment env = new AwsEnvironment(Map.of("HTTPS_PROXY", "http://proxy:3128", "NO_PROXY", noProxy));

        assertThat(ProxyRule.proxyFor(URI.create("https://" + host), env).isPresent())
                .isEqualTo(proxied);
    }

    @Test
    void schemeOfTheAddressChoosesTheVariable() {
        AwsEnvironment env = new AwsEnvironment(Map.of("HTTPS_PROXY", "secure:1", "http_proxy", "http://plain"));

        Optional<ProxyRule.Proxy> secure = ProxyRule.proxyFor(URI.create("https://a"), env);
        Optional<ProxyRule.Proxy> plain = ProxyRule.proxyFor(URI.create("http://a"), env);

        assertThat(secure).contains(new ProxyRule.Proxy("secure", 1, null, null));
        assertThat(plain).contains(new ProxyRule.Proxy("plain", 80, null, null));
        assertThat(ProxyRule.proxyFor(URI.create("http://a"), new AwsEnvironment(Map.of())))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://u:secretword@proxy", "socks5://u:secretword@proxy", "http://", "http://u:secretword@ x"
            })
    void proxyThatCannotBeUsedIsAProblemWithoutItsPassword(String proxy) {
        AwsEnvironment env = new AwsEnvironment(Map.of("HTTPS_PROXY", proxy));

        assertThatThrownBy(() -> ProxyRule.proxyFor(URI.create("https://a"), env))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HTTPS_PROXY")
                .hasMessageNotContaining("secretword");
    }
}
