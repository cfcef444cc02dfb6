package dev.caravan.emulator;

import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bedrock's side of model ids: which of them name a model, and which may be called on demand. A caller's names and
 * aliases mean nothing here.
 */
final class ModelIndex {
    private static final Pattern FOUNDATION =
            Pattern.compile("arn:aws[a-z-]*:bedrock:[a-z0-9-]*::foundation-model/(.+)");
    private static final Pattern PROFILE =
            Pattern.compile("arn:aws[a-z-]*:bedrock:[a-z0-9-]*:[0-9]{12}:inference-profile/(.+)");

    private final Map<String, Model> byId = new HashMap<>();
    private final Map<String, Model> byProfile = new HashMap<>();

    ModelIndex(Collection<Model> models) {
        for (Model model : models) {
            if ("bedrock".equals(model.provider())) {
                byId.put(model.id(), model);
                model.profiles().forEach(prefix -> byProfile.put(prefix + "." + model.id(), model));
            }
        }
    }

    /**
     * Finds a model to run.
     *
     * @param id an id, an inference profile, or an ARN of either
     * @throws AwsFailure ValidationException for an unknown id, a profile that the model does not have, or a bare id
     *     of a model that runs through profiles only
     */
    Model toRun(String id) {
        Model model = find(id);
        if (model.profileOnly() && byId.containsKey(bare(id))) {
            // The apostrophe is a typographic one on the wire.
            throw AwsFailure.validation("Invocation of model ID " + id + " with on-demand throughput isn\u2019t"
                    + " supported. Retry your request with the ID or ARN of an inference profile that contains this"
                    + " model.");
        }
        return model;
    }

    /** Finds a model whose tokens are counted, which needs no throughput. */
    Model find(String id) {
        Matcher profile = PROFILE.matcher(id);
        Model model =
                profile.matches() ? byProfile.get(profile.group(1)) : byId.getOrDefault(bare(id), byProfile.get(id));
        if (model == null) {
            throw AwsFailure.validation("The provided model identifier is invalid.");
        }
        return model;
    }

    private static String bare(String id) {
        Matcher foundation = FOUNDATION.matcher(id);
        return foundation.matches() ? foundation.group(1) : id;
    }
}
