package dev.caravan.model;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds the model that a name means, and the id to call it by. Immutable. */
public final class ModelResolver {
    /** Longest name in characters: that of {@code modelId} in the botocore model of bedrock-runtime. */
    public static final int MAX_NAME = 2048;

    private static final String BEDROCK = "bedrock/";
    private static final Pattern VENDOR_FORM = Pattern.compile("[a-z][a-z0-9]*\\.[a-z][A-Za-z0-9._:-]*");

    private final Catalogue catalogue;
    private final String defaultName;
    private final InferenceProfiles profiles;
    private final NearestNames nearest;

    /**
     * @param catalogue the models
     * @param defaultName {@code caravan.model}: what a request without a model means
     * @param profile {@code caravan.bedrock.profile}: {@code auto}, {@code none} or a prefix such as {@code eu}
     * @param region the AWS region calls go to
     * @throws IllegalArgumentException when the profile is none of these
     */
    public ModelResolver(Catalogue catalogue, String defaultName, String profile, String region) {
        this.catalogue = Objects.requireNonNull(catalogue, "catalogue");
        this.defaultName = Objects.requireNonNull(defaultName, "defaultName");
        this.profiles = new InferenceProfiles(profile, region);
        this.nearest = new NearestNames(catalogue);
    }

    /**
     * The model to generate text with.
     *
     * @param nameOrNull id, inference profile, ARN or alias, with or without {@code bedrock/}; null for the default
     * @return a model of the catalogue, or for an id of the form {@code vendor.model} or an ARN of Bedrock that means
     *     none of them a stand-in, called as it stands
     * @throws LlmException {@code model_not_found} for any other unknown name, {@code invalid_request} for an embedding
     *     model, a managed prompt, or a blank or overlong name
     */
    public ResolvedModel resolve(String nameOrNull) {
        String name = plain(nameOrNull);
        ResolvedModel resolved = find(name).or(() -> outsideTheCatalogue(name)).orElseThrow(() -> unknown(name));
        if (resolved.model().kind() == Model.Kind.EMBEDDING) {
            throw LlmException.invalid(
                    "model: " + resolved.model().id() + " makes embeddings and cannot generate text.");
        }
        return resolved;
    }

    /**
     * The model of any kind that a name means.
     *
     * @param nameOrNull as for {@link #resolve}
     * @throws LlmException {@code model_not_found} for a name that means no model of the catalogue, {@code
     *     invalid_request} for a managed prompt, or a blank or overlong name
     */
    public ResolvedModel lookUp(String nameOrNull) {
        String name = plain(nameOrNull);
        return find(name).orElseThrow(() -> namesNoModel(name) ? unlisted(name) : unknown(name));
    }

    /** The names of the catalogue that are nearest to one that it does not have; at most three, best first. */
    public List<String> nearest(String name) {
        return nearest.of(bareId(name));
    }

    /** The name, or the default, without {@code bedrock/}. */
    private String plain(String nameOrNull) {
        String name = Objects.requireNonNullElse(nameOrNull, defaultName);
        if (name.isBlank()) {
            throw LlmException.invalid("model: must not be blank.");
        }
        if (name.length() > MAX_NAME) {
            throw LlmException.invalid("model: must be at most " + MAX_NAME + " characters long.");
        }
        return name.startsWith(BEDROCK) ? name.substring(BEDROCK.length()) : name;
    }

    private Optional<ResolvedModel> find(String name) {
        if (ModelArn.isArn(name)) {
            return byArn(name);
        }
        if (name.isEmpty() || name.endsWith("/")) {
            throw unknown(name);
        }
        if (name.indexOf('/') >= 0) {
            String provider = name.substring(0, name.indexOf('/'));
            throw notFound("No provider is called '" + shown(provider) + "'." + suggestion(name));
        }
        return byName(name).or(() -> byPrefixedName(name));
    }

    private Optional<ResolvedModel> byName(String name) {
        return idOrAlias(name).map(model -> new ResolvedModel(model, profiles.callId(model)));
    }

    private Optional<ResolvedModel> byPrefixedName(String name) {
        return InferenceProfiles.split(name)
                .flatMap(split -> idOrAlias(split.rest())
                        .filter(model -> !ModelArn.isArn(model.id()))
                        .map(model -> new ResolvedModel(model, split.prefix() + "." + model.id())));
    }

    private Optional<Model> idOrAlias(String name) {
        return catalogue.find(name).or(() -> catalogue.findByAlias(name));
    }

    private Optional<ResolvedModel> byArn(String arn) {
        if (ModelArn.parse(arn).filter(ModelArn::namesPrompt).isPresent()) {
            throw LlmException.invalid(
                    "model: '" + shown(arn)
                            + "' is a managed prompt and no model, and AWS takes no parameters with it; call the model that it uses.");
        }
        Optional<Model> listed = catalogue.find(arn).or(() -> catalogue.findByArn(arn));
        if (listed.isEmpty() && ModelArn.parse(arn).isEmpty()) {
            throw notFound("'" + shown(arn) + "' is no ARN of Bedrock.");
        }
        return listed.or(() -> catalogue.find(bareId(arn))).map(model -> new ResolvedModel(model, arn));
    }

    /** What is left of a name without ARN and inference profile prefix. */
    private static String bareId(String name) {
        String id = ModelArn.parse(name).map(ModelArn::resource).orElse(name);
        return InferenceProfiles.split(id).map(InferenceProfiles.Split::rest).orElse(id);
    }

    private static String withoutSlash(String name) {
        return name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    }

    private static boolean isVendorForm(String name) {
        return VENDOR_FORM.matcher(bareId(name)).matches();
    }

    private static Optional<ResolvedModel> outsideTheCatalogue(String name) {
        return ModelArn.isArn(name) || isVendorForm(name)
                ? Optional.of(new ResolvedModel(UnknownModels.of(name), name))
                : Optional.empty();
    }

    private static boolean namesNoModel(String name) {
        return ModelArn.parse(name).filter(arn -> !arn.namesModel()).isPresent();
    }

    private static LlmException unlisted(String arn) {
        return notFound("The ARN '" + shown(arn) + "' does not say which model is behind it. Add it under 'arns' of"
                + " that model in the file of caravan.catalogue (docs/models.md).");
    }

    private LlmException unknown(String name) {
        return notFound("No model is called '" + shown(name) + "'." + suggestion(bareId(withoutSlash(name))));
    }

    private static LlmException notFound(String message) {
        return LlmException.of(ErrorKind.MODEL_NOT_FOUND, message);
    }

    private String suggestion(String name) {
        List<String> names = nearest.of(name);
        return names.isEmpty() ? "" : " Nearest: " + String.join(", ", names) + ".";
    }

    private static String shown(String name) {
        return name.length() <= 200 ? name : name.substring(0, 200) + "…";
    }
}
