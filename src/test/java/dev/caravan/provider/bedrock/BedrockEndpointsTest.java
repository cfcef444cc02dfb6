package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.config.AwsEnvironment;
import dev.caravan.config.Settings;
import dev.caravan.support.WireSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BedrockEndpointsTest {
    @TempDir
    Path home;

    private String region(WireSettings settings) {
        Settings built = settings.build();
        return BedrockEndpoints.region(built, new AwsFiles(built.aws(), name -> null, home));
    }

    private WireSettings withProfile() throws Exception {
        Path config = Files.writeString(
                home.resolve("config"), "[default]\nregion = ap-northeast-1\n[profile other]\nregion = sa-east-1\n");
        return new WireSettings().region(null).env("AWS_CONFIG_FILE", config.toString());
    }

    @Test
    void regionIsTheFirstThatIsSet() throws Exception {
        assertThat(region(withProfile().region("eu-central-1").env("AWS_DEFAULT_REGION", "us-west-2")))
                .isEqualTo("eu-central-1");
        assertThat(region(withProfile().env("AWS_DEFAULT_REGION", "us-west-2"))).isEqualTo("us-west-2");
        assertThat(region(withProfile())).isEqualTo("ap-northeast-1");
        assertThat(region(withProfile().env("AWS_PROFILE", "other"))).isEqualTo("sa-east-1");
        assertThat(region(new WireSettings().region(null))).isEqualTo("us-east-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"us east", "us-east-1.evil.com", "EU-WEST-1", "a/b"})
    void textThatIsNoRegionIsRefused(String region) {
        assertThatThrownBy(() -> region(new WireSettings().region(region)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("region");
    }

    @ParameterizedTest
    @CsvSource({
        "us-east-1,false,false,https://bedrock-runtime.us-east-1.amazonaws.com",
        "us-east-1,true,false,https://bedrock-runtime-fips.us-east-1.amazonaws.com",
        "eu-west-1,false,true,https://bedrock-runtime.eu-west-1.api.aws",
        "cn-north-1,false,false,https://bedrock-runtime.cn-north-1.amazonaws.com.cn",
    })
    void addressFollowsTheSdksRules(String region, String fips, String dualStack, URI address) {
        AwsEnvironment env =
                new AwsEnvironment(Map.of("AWS_USE_FIPS_ENDPOINT", fips, "AWS_USE_DUALSTACK_ENDPOINT", dualStack));

        assertThat(BedrockEndpoints.endpoint(Optional.empty(), env, region)).isEqualTo(address);
    }

    @Test
    void ownAddressExcludesFipsAndDualStack() {
        URI own = URI.create("https://vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com");

        assertThat(BedrockEndpoints.endpoint(Optional.of(own), new AwsEnvironment(Map.of()), "eu-west-1"))
                .isEqualTo(own);
        assertThatThrownBy(() -> BedrockEndpoints.endpoint(
                        Optional.of(own), new AwsEnvironment(Map.of("AWS_USE_FIPS_ENDPOINT", "true")), "eu-west-1"))
                .hasMessageContaining("AWS_USE_FIPS_ENDPOINT")
                .hasMessageContaining("caravan.bedrock.endpoint");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://x", "bedrock.example.com", "https://u:p@x", "https://x?a=1", "https:///path"})
    void addressThatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> BedrockEndpoints.endpoint(
                        Optional.of(URI.create(text)), new AwsEnvironment(Map.of()), "eu-west-1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("caravan.bedrock.endpoint");
    }
}
