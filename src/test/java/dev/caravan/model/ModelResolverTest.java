package dev.caravan.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelResolverTest {
    private static final Catalogue CATALOGUE = CatalogueReader.shipped();
    private static final ModelResolver RESOLVER = resolver("auto", "us-east-1");

    private static ModelResolver resolver(String profile, String region) {
        return new ModelResolver(CATALOGUE, "claude-sonnet", profile, region);
    }

    private static LlmException failure(ThrowingCallable call) {
        return org.assertj.core.api.Assertions.catchThrowableOfType(LlmException.class, call);
    }

    @ParameterizedTest
    @CsvSource({
        "claude-sonnet, us.anthropic.claude-sonnet-5",
        "claude-opus, us.anthropic.claude-opus-5",
        "claude-haiku, us.anthropic.claude-haiku-4-5-20251001-v1:0",
        "Claude-Sonnet, us.anthropic.claude-sonnet-5",
        "claude-3-sonnet, anthropic.claude-3-sonnet-20240229-v1:0",
        "claude-3-haiku, anthropic.claude-3-haiku-20240307-v1:0",
        "claude-3-opus, anthropic.claude-3-opus-20240229-v1:0",
        "claude-3-5-sonnet, us.anthropic.claude-3-5-sonnet-20241022-v2:0",
        "claude-3.5-sonnet, us.anthropic.claude-3-5-sonnet-20241022-v2:0",
        "claude-3-5-sonnet-20240620, anthropic.claude-3-5-sonnet-20240620-v1:0",
        "claude-sonnet-4-5, us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "claude-sonnet-4-5-20250929, us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "claude-sonnet-4-5-20250929-v1:0, us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "claude-opus-4-6, us.anthropic.claude-opus-4-6-v1",
        "claude-sonnet-4-6, us.anthropic.claude-sonnet-4-6",
        "llama-70b, meta.llama3-70b-instruct-v1:0",
        "llama3-70b-instruct, meta.llama3-70b-instruct-v1:0",
        "llama3-70b-instruct-v1:0, meta.llama3-70b-instruct-v1:0",
        "mixtral, mistral.mixtral-8x7b-instruct-v0:1",
        "mixtral-8x7b-instruct, mistral.mixtral-8x7b-instruct-v0:1",
        "nova-pro, us.amazon.nova-pro-v1:0",
        "gpt-oss-120b, openai.gpt-oss-120b-1:0",
        "deepseek-r1, us.deepseek.r1-v1:0",
        "bedrock/claude-3-haiku, anthropic.claude-3-haiku-20240307-v1:0",
        "bedrock/us.amazon.nova-lite-v1:0, us.amazon.nova-lite-v1:0",
        "anthropic.claude-3-haiku-20240307-v1:0, anthropic.claude-3-haiku-20240307-v1:0",
        "anthropic.claude-opus-4-8, us.anthropic.claude-opus-4-8",
        "eu.anthropic.claude-opus-4-8, eu.anthropic.claude-opus-4-8",
        "global.claude-opus-4-8, global.anthropic.claude-opus-4-8",
        "US.claude-opus-4-8, us.anthropic.claude-opus-4-8",
        "Global.Claude-Opus-4-8, global.anthropic.claude-opus-4-8",
        "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0, us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0",
    })
    void a_name_resolves_to_the_id_to_call(String name, String callId) {
        assertThat(RESOLVER.resolve(name).callId()).isEqualTo(callId);
    }

    @ParameterizedTest
    @ValueSource(strings = {"claude-haiku/", "bedrock/", "bedrock/claude-haiku/"})
    void a_name_that_ends_with_a_slash_is_an_unknown_model_and_no_provider(String name) {
        LlmException failure = failure(() -> RESOLVER.resolve(name));

        assertThat(failure.kind()).isEqualTo(ErrorKind.MODEL_NOT_FOUND);
        assertThat(failure).hasMessageContaining("No model is called").hasMessageNotContaining("provider");
    }

    @Test
    void no_name_means_the_default() {
        assertThat(RESOLVER.resolve(null).model().id()).isEqualTo("anthropic.claude-sonnet-5");
    }

    @ParameterizedTest
    @CsvSource({
        "us-west-2, claude-sonnet-4-5, us",
        "eu-central-1, claude-sonnet-4-5, eu",
        "us-gov-west-1, claude-sonnet-4-5, us-gov",
        "us-gov-west-1, claude-opus-5, us-gov",
        "ap-northeast-1, claude-sonnet-4-5, jp",
        "ap-northeast-3, nova-pro, apac",
        "ap-southeast-2, claude-sonnet-4-5, au",
        "ap-southeast-4, nova-pro, apac",
        "ap-south-1, claude-haiku-4-5, apac",
        "ap-south-1, claude-sonnet-4-5, global",
        "ap-northeast-1, claude-opus-4-6, global",
        "ap-northeast-1, llama-4-scout, apac",
        "ap-southeast-2, llama-4-scout, apac",
        "ca-central-1, claude-opus-4-1, us",
        "ca-central-1, claude-sonnet-4-5, us",
        "ca-central-1, pixtral-large, us",
        "sa-east-1, claude-sonnet-4-5, global",
        "eu-west-1, llama-4-scout, eu",
        "ap-south-1, llama-4-scout, apac",
    })
    void auto_takes_the_profile_of_the_region(String region, String name, String prefix) {
        ResolvedModel resolved = resolver("auto", region).resolve(name);

        assertThat(resolved.callId()).isEqualTo(prefix + "." + resolved.model().id());
    }

    @ParameterizedTest
    @CsvSource({
        "global, global.anthropic.claude-sonnet-5",
        "eu, eu.anthropic.claude-sonnet-5",
        "eu., eu.anthropic.claude-sonnet-5",
        "none, anthropic.claude-sonnet-5",
    })
    void a_profile_setting_wins_over_the_region(String profile, String callId) {
        assertThat(resolver(profile, "us-east-1").resolve("claude-sonnet").callId())
                .isEqualTo(callId);
    }

    @Test
    void a_profile_setting_leaves_alone_what_needs_no_profile_or_has_one() {
        ModelResolver european = resolver("eu", "eu-west-1");

        assertThat(european.resolve("claude-3-haiku").callId()).isEqualTo("anthropic.claude-3-haiku-20240307-v1:0");
        assertThat(european.resolve("us.anthropic.claude-sonnet-5").callId()).isEqualTo("us.anthropic.claude-sonnet-5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "EU", "a/b"})
    void a_profile_setting_that_is_no_prefix_is_refused(String profile) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolver(profile, "us-east-1"))
                .withMessageContaining("caravan.bedrock.profile");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
                "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
                "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
            })
    void an_arn_that_names_a_model_is_called_as_it_stands(String arn) {
        ResolvedModel resolved = RESOLVER.resolve(arn);

        assertThat(resolved.model().id()).isEqualTo("anthropic.claude-sonnet-4-5-20250929-v1:0");
        assertThat(resolved.callId()).isEqualTo(arn);
        assertThat(RESOLVER.resolve("bedrock/" + arn)).isEqualTo(resolved);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl",
                "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghijkl",
                "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-lite-v1:0/abcdefghijkl",
                "arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl",
                "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghijkl",
                "arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1",
                "arn:aws:sagemaker:us-east-1:123456789012:endpoint/mine",
            })
    void an_arn_that_names_no_model_is_called_as_it_stands_and_cannot_be_looked_up(String arn) {
        LlmException failure = failure(() -> RESOLVER.lookUp(arn));

        assertThat(RESOLVER.resolve(arn).callId()).isEqualTo(arn);
        assertThat(UnknownModels.isUnknown(RESOLVER.resolve("bedrock/" + arn).model()))
                .isTrue();
        assertThat(failure.kind()).isEqualTo(ErrorKind.MODEL_NOT_FOUND);
        assertThat(failure).hasMessageContaining("'arns'").hasMessageContaining("caravan.catalogue");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ",
                "bedrock/arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ:1",
            })
    void a_managed_prompt_is_no_model(String arn) {
        for (LlmException failure :
                List.of(failure(() -> RESOLVER.resolve(arn)), failure(() -> RESOLVER.lookUp(arn)))) {
            assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
            assertThat(failure).hasMessageContaining("prompt/ABCDEFGHIJ").hasMessageContaining("is a managed prompt");
        }
    }

    @Test
    void text_that_only_begins_like_an_arn_is_not_found() {
        assertThat(failure(() -> RESOLVER.resolve("arn:aws:s3:::bucket")).kind())
                .isEqualTo(ErrorKind.MODEL_NOT_FOUND);
    }

    @Test
    void an_unknown_name_comes_with_the_nearest_ones() {
        LlmException failure = failure(() -> RESOLVER.resolve("claude-3-hiaku"));

        assertThat(failure.kind()).isEqualTo(ErrorKind.MODEL_NOT_FOUND);
        assertThat(failure).hasMessageContaining("'claude-3-hiaku'").hasMessageContaining("Nearest: claude-3-haiku");
    }

    @Test
    void part_of_a_name_is_near() {
        assertThat(failure(() -> RESOLVER.resolve("sonnet"))).hasMessageContaining("claude-sonnet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"groq/openai-gpt", "openai/gpt-oss-120b", "bedrock/groq/x", "/x"})
    void another_provider_is_not_found(String name) {
        LlmException failure = failure(() -> RESOLVER.resolve(name));

        assertThat(failure.kind()).isEqualTo(ErrorKind.MODEL_NOT_FOUND);
        assertThat(failure).hasMessageContaining("No provider is called");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anthropic.claude-9",
                "us.moonshotai.kimi-k3",
                "us.openai.gpt-5.6-sol",
                "arn:aws:bedrock:us-east-1::foundation-model/acme.big-v1:0",
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.acme.big-v1:0"
            })
    void an_id_outside_the_catalogue_is_called_as_it_stands_and_cannot_be_looked_up(String name) {
        ResolvedModel resolved = RESOLVER.resolve(name);

        assertThat(resolved.callId()).isEqualTo(name);
        assertThat(resolved.model().format()).isEqualTo("converse");
        assertThat(UnknownModels.isUnknown(resolved.model())).isTrue();
        assertThat(failure(() -> RESOLVER.lookUp(name)).kind()).isEqualTo(ErrorKind.MODEL_NOT_FOUND);
    }

    @Test
    void no_model_of_the_catalogue_counts_as_unknown() {
        assertThat(CATALOGUE.all()).noneMatch(UnknownModels::isUnknown);
    }

    @Test
    void names_near_to_an_id_are_found_without_its_prefix() {
        assertThat(RESOLVER.nearest("eu.anthropic.claude-sonet-5")).contains("anthropic.claude-sonnet-5");
        assertThat(RESOLVER.nearest("zzzzzzzz.yyyyyyyyyy")).isEmpty();
    }

    @Test
    void an_id_in_another_case_is_not_the_id() {
        assertThatExceptionOfType(LlmException.class)
                .isThrownBy(() -> RESOLVER.resolve("Anthropic.claude-3-haiku-20240307-v1:0"))
                .withMessageContaining("anthropic.claude-3-haiku-20240307-v1:0");
    }

    @Test
    void an_embedding_model_cannot_generate_but_can_be_looked_up() {
        LlmException failure = failure(() -> RESOLVER.resolve("titan-embed-text-v2"));

        assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(failure).hasMessageContaining("embeddings");
        assertThat(RESOLVER.lookUp("titan-embed-text-v2").model().id()).isEqualTo("amazon.titan-embed-text-v2:0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n"})
    void a_blank_name_is_refused(String name) {
        assertThat(failure(() -> RESOLVER.resolve(name)).kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
    }

    @Test
    void an_overlong_name_is_refused() {
        assertThat(failure(() -> RESOLVER.resolve("x".repeat(2049))).kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
    }
}
