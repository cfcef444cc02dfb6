package dev.caravan.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Cross-region inference profiles: which prefix a model that AWS serves by profile only is called under.
 *
 * <p>Geographies by the source regions of AWS's system profiles (user guide, supported inference profiles). Regions
 * outside every geography, such as sa-east-1, have {@code global} only; GovCloud has no {@code global}.
 */
final class InferenceProfiles {
    static final String AUTO = "auto";
    static final String NONE = "none";
    private static final String GLOBAL = "global";
    private static final List<String> PREFIXES = List.of("us", "eu", "apac", "jp", "au", "ca", "us-gov", GLOBAL);
    private static final int LONGEST_PREFIX = 16;
    private static final Pattern PREFIX = Pattern.compile("[a-z][a-z-]{0,15}");

    private final String setting;
    private final List<String> geographies;

    /**
     * @param setting {@code auto}, {@code none} or a prefix with or without its dot
     * @param region an AWS region
     * @throws IllegalArgumentException when the setting is none of these
     */
    InferenceProfiles(String setting, String region) {
        this.setting = setting.endsWith(".") ? setting.substring(0, setting.length() - 1) : setting;
        if (!PREFIX.matcher(this.setting).matches()) {
            throw new IllegalArgumentException(
                    "caravan.bedrock.profile: '" + setting + "' must be auto, none or a prefix such as eu");
        }
        this.geographies = geographies(region);
    }

    /** An id or ARN divided into its prefix and the rest. */
    record Split(String prefix, String rest) {}

    static boolean known(String prefix) {
        return PREFIXES.contains(prefix);
    }

    /** Takes a known prefix, in any case, off a name and gives it in lower case; empty when it has none. */
    static Optional<Split> split(String name) {
        int dot = name.indexOf('.');
        if (dot <= 0 || dot > LONGEST_PREFIX || dot == name.length() - 1) {
            return Optional.empty();
        }
        String prefix = name.substring(0, dot).toLowerCase(Locale.ROOT);
        return known(prefix) ? Optional.of(new Split(prefix, name.substring(dot + 1))) : Optional.empty();
    }

    /** The id to call for a model that was named without prefix. */
    String callId(Model model) {
        if (!model.profileOnly() || setting.equals(NONE)) {
            return model.id();
        }
        return (setting.equals(AUTO) ? automatic(model) : setting) + "." + model.id();
    }

    private String automatic(Model model) {
        for (String geography : geographies) {
            if (model.profiles().contains(geography)) {
                return geography;
            }
        }
        boolean global = model.profiles().contains(GLOBAL) && !geographies.contains("us-gov");
        // A model that lists none of them: the widest is the likeliest to be new, and the clearest in AWS's refusal.
        return global || geographies.isEmpty() ? GLOBAL : geographies.get(geographies.size() - 1);
    }

    private static List<String> geographies(String region) {
        if (region.startsWith("us-gov-")) {
            return List.of("us-gov");
        }
        if (region.startsWith("us-")) {
            return List.of("us");
        }
        if (region.startsWith("eu-")) {
            return List.of("eu");
        }
        if (region.startsWith("ca-")) {
            return List.of("ca", "us");
        }
        return switch (region) {
            case "ap-northeast-1", "ap-northeast-3" -> List.of("jp", "apac");
            case "ap-southeast-2", "ap-southeast-4" -> List.of("au", "apac");
            default -> region.startsWith("ap-") ? List.of("apac") : List.of();
        };
    }
}
