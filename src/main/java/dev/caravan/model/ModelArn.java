package dev.caravan.model;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Bedrock ARN that may stand where a model id does (pattern of {@code modelId} in the botocore model of
 * bedrock-runtime): {@code arn:aws:bedrock:us-east-1::foundation-model/ID},
 * {@code arn:aws:bedrock:us-east-1:123456789012:inference-profile/ID}, and kinds that say nothing of the model.
 *
 * @param kind {@code foundation-model}, {@code inference-profile}, {@code application-inference-profile} …
 * @param resource what follows the kind: an id
 */
record ModelArn(String kind, String resource) {
    private static final Pattern FORM = Pattern.compile(
            "arn:aws[a-z-]{0,20}:(?:bedrock|sagemaker):[a-z0-9-]{1,30}:(?:[0-9]{12})?:([a-z-]{1,40})/([A-Za-z0-9._:/-]+)");

    static boolean isArn(String name) {
        return name.startsWith("arn:");
    }

    static Optional<ModelArn> parse(String name) {
        Matcher matcher = FORM.matcher(name);
        return matcher.matches() ? Optional.of(new ModelArn(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    /** Whether it is a prompt of Prompt management, which has its model and parameters in it. */
    boolean namesPrompt() {
        return kind.equals("prompt");
    }

    /** Whether the resource is a model id, with or without an inference profile prefix. */
    boolean namesModel() {
        return kind.equals("foundation-model") || kind.equals("inference-profile");
    }
}
