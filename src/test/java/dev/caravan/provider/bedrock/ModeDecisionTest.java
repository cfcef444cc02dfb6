package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.config.Settings.Mode;
import dev.caravan.support.WireSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModeDecisionTest {
    @TempDir
    Path root;

    private final AtomicInteger imdsAsked = new AtomicInteger();
    private boolean role;

    private WireSettings bare() {
        return new WireSettings()
                .noKeys()
                .without("AWS_EC2_METADATA_DISABLED")
                .without("AWS_CONFIG_FILE")
                .without("AWS_SHARED_CREDENTIALS_FILE");
    }

    private ModeDecision.Decision decide(WireSettings settings, boolean standalone, Map<String, String> properties) {
        return new ModeDecision(root, root.resolve("home"), properties::get, env -> {
                    imdsAsked.incrementAndGet();
                    return role;
                })
                .of(settings.build(), standalone);
    }

    private ModeDecision.Decision alone(WireSettings settings) {
        return decide(settings, true, Map.of());
    }

    private void write(String file, String text) throws Exception {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void autoWithoutAnythingIsEmbedded() {
        ModeDecision.Decision decision = alone(bare());

        assertThat(decision.embedded()).isTrue();
        assertThat(decision.problem()).isEmpty();
        assertThat(decision.lookedFor()).hasSizeGreaterThan(4);
        assertThat(imdsAsked).as("not an EC2 instance").hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AWS_BEARER_TOKEN_BEDROCK",
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI"
            })
    void autoWithAVariableIsAws(String variable) {
        ModeDecision.Decision decision = alone(bare().env(variable, "x"));

        assertThat(decision.embedded()).isFalse();
        assertThat(decision.reason()).isEqualTo(variable + " is set");
        assertThat(decision.problem()).isEmpty();
    }

    @Test
    void autoWithKeysIsAws() {
        assertThat(alone(new WireSettings()).embedded()).isFalse();
        assertThat(alone(new WireSettings()).problem()).isEmpty();
    }

    @Test
    void halfAPairIsAProblem() {
        ModeDecision.Decision decision = alone(bare().env("AWS_ACCESS_KEY_ID", "AKID"));

        assertThat(decision.embedded()).isFalse();
        assertThat(decision.problem())
                .hasValueSatisfying(text -> assertThat(text).contains("AWS_SECRET_ACCESS_KEY"));
    }

    @Test
    void secretAloneIsNoSignOfAws() {
        assertThat(alone(bare().env("AWS_SECRET_ACCESS_KEY", "s")).embedded()).isTrue();
    }

    @Test
    void emptyVariableCountsAsAbsent() {
        assertThat(alone(bare().env("AWS_PROFILE", "")).embedded()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"home/.aws/credentials,[default]", "home/.aws/config,[default]"})
    void autoWithADefaultProfileIsAws(String file, String section) throws Exception {
        write(file, section + "\naws_access_key_id = a\naws_secret_access_key = b\n");

        assertThat(alone(bare()).embedded()).isFalse();
        assertThat(alone(bare()).problem()).isEmpty();
    }

    @Test
    void autoWithAnotherProfileOnlyIsEmbedded() throws Exception {
        write("home/.aws/credentials", "[work]\naws_access_key_id = a\naws_secret_access_key = b\n");

        assertThat(alone(bare()).embedded()).isTrue();
        assertThat(alone(bare().env("AWS_PROFILE", "work")).problem()).isEmpty();
        assertThat(alone(bare().env("AWS_PROFILE", "wrok")).problem())
                .hasValueSatisfying(text -> assertThat(text).contains("wrok", "AWS_PROFILE"));
    }

    @ParameterizedTest
    @CsvSource({
        "sys_vendor,Amazon EC2,true,false",
        "board_vendor,Amazon EC2,true,false",
        "sys_vendor,Amazon EC2,false,true",
        "sys_vendor,QEMU,true,true"
    })
    void autoOnEc2AsksForARole(String file, String vendor, boolean hasRole, boolean embedded) throws Exception {
        write("sys/class/dmi/id/" + file, vendor + "\n");
        role = hasRole;

        assertThat(alone(bare()).embedded()).isEqualTo(embedded);
        assertThat(imdsAsked).hasValue(vendor.equals("Amazon EC2") ? 1 : 0);
    }

    @Test
    void disabledMetadataServiceIsNotAsked() throws Exception {
        write("sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
        role = true;

        assertThat(alone(bare().env("AWS_EC2_METADATA_DISABLED", "true")).embedded())
                .isTrue();
        assertThat(imdsAsked).hasValue(0);
    }

    @Test
    void endpointMeansAwsAndNeedsCredentials() {
        URI endpoint = URI.create("http://localhost:4566");

        assertThat(alone(bare().endpoint(endpoint)).embedded()).isFalse();
        assertThat(alone(bare().endpoint(endpoint)).problem()).isPresent();
        assertThat(alone(new WireSettings().endpoint(endpoint)).problem()).isEmpty();
    }

    @Test
    void awsWithoutCredentialsNeverFallsBack() {
        ModeDecision.Decision decision = alone(bare().mode(Mode.AWS));

        assertThat(decision.embedded()).isFalse();
        assertThat(decision.problem())
                .hasValueSatisfying(text -> assertThat(text).contains("AWS_ACCESS_KEY_ID", "profile", "EC2"));
    }

    @Test
    void awsTakesSystemPropertiesAndARole() {
        assertThat(decide(bare().mode(Mode.AWS), true, Map.of("aws.accessKeyId", "a"))
                        .problem())
                .isEmpty();
        role = true;
        assertThat(alone(bare().mode(Mode.AWS)).problem()).isEmpty();
    }

    @Test
    void insideAHostAutoNeverMeansEmbedded() {
        ModeDecision.Decision decision = decide(bare(), false, Map.of());

        assertThat(decision.embedded()).isFalse();
        assertThat(decision.problem()).isEmpty();
        assertThat(decision.warning())
                .hasValueSatisfying(text -> assertThat(text).contains("AWS_ACCESS_KEY_ID"));
        assertThat(decide(bare().mode(Mode.EMBEDDED), false, Map.of()).embedded())
                .isTrue();
    }
}
