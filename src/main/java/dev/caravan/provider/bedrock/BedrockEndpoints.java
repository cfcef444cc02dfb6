package dev.caravan.provider.bedrock;

import dev.caravan.config.AwsEnvironment;
import dev.caravan.config.Settings;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.endpoints.BedrockRuntimeEndpointProvider;

/** Region and address of Bedrock's runtime API: the settings, else the SDK's endpoint rules. */
final class BedrockEndpoints {
    static final String DEFAULT_REGION = "us-east-1";
    private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,63}");

    private BedrockEndpoints() {}

    /**
     * The region: {@code caravan.bedrock.region} (AWS_REGION), AWS_DEFAULT_REGION, the profile's, us-east-1.
     *
     * @throws IllegalArgumentException for a text that is no region
     */
    static String region(Settings settings, AwsFiles files) {
        AwsEnvironment env = settings.aws();
        String region = settings.bedrock()
                .region()
                .or(() -> env.get("AWS_REGION"))
                .or(() -> env.get("AWS_DEFAULT_REGION"))
                .or(files::profileRegion)
                .orElse(DEFAULT_REGION);
        if (!REGION.matcher(region).matches()) {
            throw new IllegalArgumentException("AWS region '" + region
                    + "' must be a name such as us-east-1 (AWS_REGION, AWS_DEFAULT_REGION or the"
                    + " profile's region)");
        }
        return region;
    }

    /**
     * The address: the endpoint of the settings, else the SDK's rules for the region, with AWS_USE_FIPS_ENDPOINT and
     * AWS_USE_DUALSTACK_ENDPOINT.
     *
     * @throws IllegalArgumentException when an endpoint of the user's own meets one of those two, or is no http(s) URI
     */
    static URI endpoint(Optional<URI> own, AwsEnvironment env, String region) {
        boolean fips = flag(env, "AWS_USE_FIPS_ENDPOINT");
        boolean dualStack = flag(env, "AWS_USE_DUALSTACK_ENDPOINT");
        if (own.isEmpty()) {
            return BedrockRuntimeEndpointProvider.defaultProvider()
                    .resolveEndpoint(params ->
                            params.region(Region.of(region)).useFips(fips).useDualStack(dualStack))
                    .join()
                    .url();
        }
        if (fips || dualStack) {
            throw new IllegalArgumentException((fips ? "AWS_USE_FIPS_ENDPOINT" : "AWS_USE_DUALSTACK_ENDPOINT")
                    + "=true cannot be used together with caravan.bedrock.endpoint: remove one of them");
        }
        return checked(own.get());
    }

    private static URI checked(URI endpoint) {
        String scheme = endpoint.getScheme();
        boolean http = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
        if (!http || endpoint.getHost() == null || endpoint.getRawQuery() != null || endpoint.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "caravan.bedrock.endpoint must be an http or https address with a host, without user or query");
        }
        return endpoint;
    }

    private static boolean flag(AwsEnvironment env, String name) {
        return env.get(name).map(value -> "true".equalsIgnoreCase(value.trim())).orElse(false);
    }
}
