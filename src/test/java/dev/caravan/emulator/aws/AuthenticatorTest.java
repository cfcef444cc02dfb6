package dev.caravan.emulator.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.config.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/** Requests signed by the SDK's own signer, and what becomes of them when something is changed afterwards. */
class AuthenticatorTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-15T10:00:00Z"), ZoneOffset.UTC);
    private static final byte[] BODY = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
    private static final String PATH = "/model/a.b-v1%3A0/invoke";
    private final Authenticator pair =
            new Authenticator("AKIA", new Secret("secret"), AwsErrorType.INVALID_SIGNATURE, CLOCK);
    private final Authenticator any = new Authenticator(null, null, AwsErrorType.UNRECOGNIZED_CLIENT, CLOCK);

    @Test
    void a_signed_request_passes() {
        assertThatCode(() -> pair.check(signed("bedrock"))).doesNotThrowAnyException();
    }

    @Test
    void a_changed_body_is_refused() {
        HttpCall call = signed("bedrock");
        refused(
                pair,
                new HttpCall(call.method(), PATH, "", call.headers(), "{}".getBytes(StandardCharsets.UTF_8)),
                "InvalidSignatureException",
                "does not match");
    }

    @Test
    void a_changed_path_query_or_method_is_refused() {
        HttpCall call = signed("bedrock");
        for (HttpCall changed : List.of(
                new HttpCall("POST", "/model/other/invoke", "", call.headers(), BODY),
                new HttpCall("POST", PATH, "x=1", call.headers(), BODY),
                new HttpCall("GET", PATH, "", call.headers(), BODY))) {
            refused(pair, changed, "InvalidSignatureException", "does not match");
        }
    }

    @Test
    void a_body_without_a_declared_hash_is_hashed() {
        HttpCall call = signed("bedrock");
        call.headers().remove("x-amz-content-sha256");

        refused(pair, call, "InvalidSignatureException", "does not match");
    }

    @Test
    void a_session_token_must_be_signed() {
        HttpCall call = signed("bedrock");
        call.headers().put("x-amz-security-token", List.of("added"));

        refused(pair, call, "InvalidSignatureException", "does not match");
    }

    @Test
    void another_service_is_refused() {
        refused(any, signed("bedrock-runtime"), "InvalidSignatureException", "correct service: 'bedrock'");
    }

    @Test
    void a_changed_date_is_refused() {
        HttpCall call = signed("bedrock");
        call.headers().put("x-amz-date", List.of("20260114T100000Z"));
        refused(pair, call, "InvalidSignatureException", "does not match YYYYMMDD");

        call.headers().put("x-amz-date", List.of("yesterday"));
        refused(any, call, "IncompleteSignatureException", "'yesterday'");

        call.headers().remove("x-amz-date");
        refused(any, call, "IncompleteSignatureException", "X-Amz-Date");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AWS4-HMAC-SHA256 ",
                "AWS4-HMAC-SHA256 Credential=a",
                "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=00",
                "AWS4-HMAC-SHA256 Credential=k/20260115/r/bedrock/aws4_request, SignedHeaders=host, Signature=xyz"
            })
    void half_a_signature_is_incomplete(String authorization) {
        refused(any, call(authorization), "IncompleteSignatureException", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "Bearer ", "Bearer a b", "Basic abc", "token"})
    void other_credentials_are_not_recognized(String authorization) {
        refused(any, call(authorization), "UnrecognizedClientException", "");
    }

    @Test
    void a_bearer_token_is_enough_where_anyone_may_call() {
        assertThatCode(() -> any.check(call("Bearer bedrock-api-key-YWJj=="))).doesNotThrowAnyException();
        refused(pair, call("Bearer bedrock-api-key-YWJj=="), "UnrecognizedClientException", "");
    }

    private static HttpCall call(String authorization) {
        return new HttpCall(
                "POST", PATH, "", Map.of("authorization", List.of(authorization), "host", List.of("h")), BODY);
    }

    private static HttpCall signed(String service) {
        AwsCredentialsIdentity identity = AwsSessionCredentialsIdentity.create("AKIA", "secret", "token");
        SdkHttpRequest request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .protocol("http")
                .host("127.0.0.1")
                .port(8088)
                .encodedPath(PATH)
                .build();
        SdkHttpRequest signed = AwsV4HttpSigner.create()
                .sign(r -> r.identity(identity)
                        .request(request)
                        .payload(ContentStreamProvider.fromByteArray(BODY))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-1")
                        .putProperty(AwsV4HttpSigner.SIGNING_CLOCK, CLOCK))
                .request();
        Map<String, List<String>> headers = new LinkedHashMap<>();
        signed.forEachHeader((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), new ArrayList<>(values)));
        return new HttpCall("POST", PATH, "", headers, BODY);
    }

    private static void refused(Authenticator authenticator, HttpCall call, String type, String words) {
        assertThatThrownBy(() -> authenticator.check(call))
                .isInstanceOfSatisfying(
                        AwsFailure.class,
                        failure -> assertThat(failure.typeName()).isEqualTo(type))
                .hasMessageContaining(words);
    }
}
