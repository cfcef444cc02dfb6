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
    @CsvSource({
        "AWS_BEARER_TOKEN_BEDROCK,x",
        "AWS_WEB_IDENTITY_TOKEN_FILE,/dev/null",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI,/x",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI,http://localhost/x"
    })
    void autoWithAVariableIsAws(String variable, String value) {
        ModeDecision.Decision decision =
                alone(bare().env(variable, value).env("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/r"));

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
        assertThat(decide(bare().mode(Mode.AWS), true, Map.of("aws.accessKeyId", "a", "aws.secretAccessKey", "s"))
                        .problem())
                .isEmpty();
        assertThat(decide(bare().mode(Mode.AWS), true, Map.of("aws.accessKeyId", "a"))
                        .problem())
                .hasValueSatisfying(text -> assertThat(text).contains("aws.secretAccessKey is not"));
        role = true;
        assertThat(alone(bare().mode(Mode.AWS)).problem()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "region = eu-west-1",
                "aws_access_key_id = a",
                "role_arn = arn:aws:iam::123456789012:role/r",
                "role_arn = arn:aws:iam::123456789012:role/r\nsource_profile = gone",
                "role_arn = arn:aws:iam::123456789012:role/r\nsource_profile = default",
                "sso_session = work",
                "web_identity_token_file = /dev/null"
            })
    void aProfileWithoutCredentialsIsAProblem_unlessTheMachineHasSome(String lines) throws Exception {
        write("home/.aws/config", "[default]\n" + lines + "\n");

        ModeDecision.Decision decision = alone(bare());

        assertThat(decision.embedded()).isFalse();
        assertThat(decision.problem())
                .hasValueSatisfying(text -> assertThat(text)
                        .contains("The profile default", "has no credentials", "CARAVAN_BEDROCK_MODE=embedded"));
        assertThat(alone(bare().mode(Mode.AWS)).problem()).isPresent();
        assertThat(alone(bare().env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "https://host/x"))
                        .problem())
                .isEmpty();
        assertThat(alone(bare().env("AWS_PROFILE", "default")
                                .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "https://host/x"))
                        .problem())
                .as("a profile that was named is final")
                .isPresent();
        role = true;
        assertThat(alone(bare()).problem()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "role_arn = arn:aws:iam::123456789012:role/r\nsource_profile = keys",
                "role_arn = arn:aws:iam::123456789012:role/r\ncredential_source = Environment",
                "role_arn = arn:aws:iam::123456789012:role/r\nweb_identity_token_file = /dev/null",
                "sso_session = work\nsso_account_id = 1\nsso_role_name = r",
                "sso_start_url = https://x\nsso_account_id = 1\nsso_role_name = r",
                "credential_process = /bin/creds"
            })
    void aProfileWithAWayToCredentialsIsFine(String lines) throws Exception {
        write("home/.aws/config", "[default]\n" + lines + "\n");
        write("home/.aws/credentials", "[keys]\naws_access_key_id = a\naws_secret_access_key = b\n");

        assertThat(alone(bare()).problem()).isEmpty();
    }

    @Test
    void aWebIdentityNeedsItsRoleAndItsFile() {
        assertThat(alone(bare().env("AWS_WEB_IDENTITY_TOKEN_FILE", "/dev/null")).problem())
                .hasValueSatisfying(text -> assertThat(text).contains("AWS_ROLE_ARN is not"));
        assertThat(alone(bare().env("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent/token")
                                .env("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/r"))
                        .problem())
                .hasValueSatisfying(text -> assertThat(text).contains("/nonexistent/token"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example/x", "ftp://localhost/x", "/x", ":", "http://127.evil.example/"})
    void aContainersAddressThatMayNotBeAskedIsAProblem(String address) {
        assertThat(alone(bare().env("AWS_CONTAINER_CREDENTIALS_FULL_URI", address))
                        .problem())
                .hasValueSatisfying(text -> assertThat(text).contains("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
        assertThat(alone(bare().env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@evil.example/"))
                        .problem())
                .isPresent();
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
