package dev.caravan.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.config.AwsEnvironment;
import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import dev.caravan.support.BedrockTestServer;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;
import software.amazon.awssdk.identity.spi.Identity;
import software.amazon.awssdk.identity.spi.TokenIdentity;

class AwsIdentityTest {
    @TempDir
    Path home;

    private final Map<String, String> env = new HashMap<>(Map.of("AWS_EC2_METADATA_DISABLED", "true"));
    private final Map<String, String> properties = new HashMap<>();

    private Identity resolve() {
        AwsEnvironment aws = new AwsEnvironment(env);
        try (AwsIdentity identity =
                new AwsIdentity(aws, properties::get, new AwsFiles(aws, properties::get, home), "eu-west-1")) {
            return identity.resolve();
        }
    }

    private String keyId() {
        return ((AwsCredentialsIdentity) resolve()).accessKeyId();
    }

    private LlmException denied() {
        LlmException failure = catchThrowableOfType(LlmException.class, this::resolve);
        assertThat(failure.kind()).isEqualTo(ErrorKind.PROVIDER_ACCESS_DENIED);
        return failure;
    }

    private void write(String file, String text) throws Exception {
        Files.createDirectories(home.resolve(".aws"));
        Files.writeString(home.resolve(".aws").resolve(file), text);
    }

    @Test
    void orderIsTheSdks() throws Exception {
        write("credentials", "[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n");
        assertThat(keyId()).isEqualTo("FILE");
        env.putAll(Map.of("AWS_ACCESS_KEY_ID", "VARIABLE", "AWS_SECRET_ACCESS_KEY", "s"));
        assertThat(keyId()).isEqualTo("VARIABLE");
        properties.putAll(Map.of("aws.accessKeyId", "PROPERTY", "aws.secretAccessKey", "s"));
        assertThat(keyId()).isEqualTo("PROPERTY");
        env.put("AWS_BEARER_TOKEN_BEDROCK", " token ");
        assertThat(((TokenIdentity) resolve()).token()).isEqualTo("token");
    }

    @Test
    void sessionTokenIsKept() {
        env.putAll(Map.of("AWS_ACCESS_KEY_ID", "A", "AWS_SECRET_ACCESS_KEY", "s", "AWS_SESSION_TOKEN", "t"));

        assertThat(((AwsSessionCredentialsIdentity) resolve()).sessionToken()).isEqualTo("t");
    }

    @Test
    void halfAPairIsAnError() {
        env.put("AWS_ACCESS_KEY_ID", "AKIDONLY");
        assertThat(denied())
                .hasMessageContaining("AWS_SECRET_ACCESS_KEY is not")
                .hasMessageNotContaining("AKIDONLY");
        env.remove("AWS_ACCESS_KEY_ID");
        env.put("AWS_SECRET_ACCESS_KEY", "verysecret");
        assertThat(denied()).hasMessageContaining("AWS_ACCESS_KEY_ID is not").hasMessageNotContaining("verysecret");
    }

    @Test
    void namedProfileIsFinal() throws Exception {
        write("credentials", "[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n");
        env.put("AWS_PROFILE", "missing");

        assertThat(denied()).hasMessageContaining("missing");
    }

    @Test
    void profileInTheConfigFileAndItsProcessWork() throws Exception {
        Path script = home.resolve("creds.sh");
        Files.writeString(
                script, "#!/bin/sh\necho '{\"Version\":1,\"AccessKeyId\":\"PROCESS\",\"SecretAccessKey\":\"s\"}'\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Path config = home.resolve("my-config");
        Files.writeString(config, "[profile work]\ncredential_process = " + script + "\n");
        env.putAll(Map.of("AWS_PROFILE", "work", "AWS_CONFIG_FILE", config.toString()));

        assertThat(keyId()).isEqualTo("PROCESS");
    }

    @Test
    void webIdentityAssumesItsRole() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (BedrockTestServer sts = new BedrockTestServer(vertx)) {
            Instant expiry = Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
            sts.answer(BedrockTestServer.answering(200, Map.of("Content-Type", "text/xml"), """
                    <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                    <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ROLE</AccessKeyId>
                    <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
                    <Expiration>%s</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
                    </AssumeRoleWithWebIdentityResponse>""".formatted(expiry)));
            Path token = Files.writeString(home.resolve("token"), "jwt");
            env.putAll(Map.of(
                    "AWS_WEB_IDENTITY_TOKEN_FILE", token.toString(),
                    "AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/r",
                    "AWS_ENDPOINT_URL_STS", sts.uri().toString()));

            AwsSessionCredentialsIdentity identity = (AwsSessionCredentialsIdentity) resolve();

            assertThat(identity.accessKeyId()).isEqualTo("ROLE");
            assertThat(identity.expirationTime()).contains(expiry);
            assertThat(new String(sts.last().body())).contains("WebIdentityToken=jwt", "role%2Fr");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void webIdentityWithoutARoleIsAnError() {
        env.put("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere");

        assertThat(denied()).hasMessageContaining("AWS_ROLE_ARN");
    }

    @Test
    void instanceRoleIsRead() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (BedrockTestServer imds = imds(vertx)) {
            env.remove("AWS_EC2_METADATA_DISABLED");
            env.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", imds.uri().toString());

            assertThat(ImdsProbe.ask(new AwsEnvironment(env))).isTrue();
            assertThat(keyId()).isEqualTo("INSTANCE");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
        assertThat(ImdsProbe.ask(new AwsEnvironment(env))).as("nobody answers").isFalse();
    }

    private static BedrockTestServer imds(Vertx vertx) {
        BedrockTestServer imds = new BedrockTestServer(vertx);
        imds.answer(request -> {
            String path = request.path();
            if (path.endsWith("/token")) {
                request.response()
                        .putHeader("x-aws-ec2-metadata-token-ttl-seconds", "60")
                        .end("metadata-token");
            } else if (path.endsWith("/security-credentials/") || path.endsWith("/security-credentials-extended/")) {
                request.response().end("role");
            } else {
                request.response().end("""
                        {"Code":"Success","AccessKeyId":"INSTANCE","SecretAccessKey":"s","Token":"t",
                         "Expiration":"%s","AccountId":"123456789012"}""".formatted(
                                Instant.now().plus(6, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS)));
            }
        });
        return imds;
    }

    @Test
    void containersAddressOfAnyVariableIsAsked_withItsToken() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (BedrockTestServer container = new BedrockTestServer(vertx)) {
            Instant expiry = Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
            container.answer(BedrockTestServer.answering(
                    200, Map.of("Content-Type", "application/json"), """
                    {"AccessKeyId":"CONTAINER","SecretAccessKey":"s","Token":"t","Expiration":"%s"}""".formatted(expiry)));
            Path token = Files.writeString(home.resolve("token"), "from-file");
            env.putAll(Map.of(
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                    container.uri() + "/creds?x=1",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                    "plain"));

            AwsSessionCredentialsIdentity identity = (AwsSessionCredentialsIdentity) resolve();

            assertThat(identity.accessKeyId()).isEqualTo("CONTAINER");
            assertThat(identity.sessionToken()).isEqualTo("t");
            assertThat(identity.expirationTime()).contains(expiry);
            assertThat(container.last().uri()).isEqualTo("/creds?x=1");
            assertThat(container.last().header("Authorization")).isEqualTo("plain");
            env.put("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.toString());
            resolve();
            assertThat(container.last().header("Authorization")).isEqualTo("from-file");
            container.answer(BedrockTestServer.answering(403, Map.of(), "no"));
            denied();
            container.answer(BedrockTestServer.answering(200, Map.of(), "AKID is no JSON"));
            denied();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void brokenFileIsNamed() throws Exception {
        write("credentials", "this is [no profile file\n=\n");

        assertThat(denied()).hasMessageContaining("credentials file cannot be read");
    }
}
