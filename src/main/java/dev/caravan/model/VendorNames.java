package dev.caravan.model;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names a vendor itself uses, from the Bedrock id: {@code anthropic.claude-sonnet-4-5-20250929-v1:0} gives
 * {@code claude-sonnet-4-5-20250929-v1:0}, {@code …-v1}, {@code claude-sonnet-4-5-20250929} and
 * {@code claude-sonnet-4-5}.
 */
final class VendorNames {
    private static final List<Pattern> ENDINGS =
            List.of(Pattern.compile(":[0-9]+$"), Pattern.compile("-(v[0-9]+|[0-9])$"), Pattern.compile("-20[0-9]{6}$"));
    private static final Pattern REVISED = Pattern.compile(".*(:[0-9]+|-v[0-9]+)$");

    private VendorNames() {}

    /** Lower case, longest first; a name without a hyphen would say too little and is left out. */
    static Set<String> of(String id) {
        Set<String> names = new LinkedHashSet<>();
        int dot = id.indexOf('.');
        if (ModelArn.isArn(id) || dot < 0) {
            return names;
        }
        String name = id.substring(dot + 1).toLowerCase(Locale.ROOT);
        add(names, name);
        if (REVISED.matcher(name).matches()) {
            name = add(names, ENDINGS.get(0).matcher(name).replaceFirst(""));
            name = add(names, ENDINGS.get(1).matcher(name).replaceFirst(""));
        }
        add(names, ENDINGS.get(2).matcher(name).replaceFirst(""));
        return names;
    }

    private static String add(Set<String> names, String name) {
        if (name.indexOf('-') > 0) {
            names.add(name);
        }
        return name;
    }
}
