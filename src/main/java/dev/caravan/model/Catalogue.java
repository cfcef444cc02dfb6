package dev.caravan.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The models that Caravan knows, in the order of the files. Immutable. */
public final class Catalogue {
    private final Map<String, Model> models;
    private final Map<String, String> aliases;
    private final Map<String, String> arns;

    Catalogue(Map<String, Model> models, Map<String, String> aliases, Map<String, String> arns) {
        this.models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
        this.aliases = Collections.unmodifiableMap(new LinkedHashMap<>(aliases));
        this.arns = Map.copyOf(arns);
    }

    /** Every model, embeddings and retired ones too. */
    public List<Model> all() {
        return List.copyOf(models.values());
    }

    /** The model with exactly this id, which has no inference profile prefix. */
    public Optional<Model> find(String id) {
        return Optional.ofNullable(models.get(id));
    }

    /** The model that an alias means, upper or lower case. */
    public Optional<Model> findByAlias(String alias) {
        return Optional.ofNullable(aliases.get(alias.toLowerCase(Locale.ROOT))).map(models::get);
    }

    /** The model that an ARN stands for according to {@code arns} of an entry. */
    public Optional<Model> findByArn(String arn) {
        return Optional.ofNullable(arns.get(arn)).map(models::get);
    }
}
