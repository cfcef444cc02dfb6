package dev.caravan.format;

import dev.caravan.model.Catalogue;
import dev.caravan.model.CatalogueReader;
import dev.caravan.model.Model;

/** A model of the shipped catalogue for each format. */
final class FormatModels {
    private static final Catalogue CATALOGUE = CatalogueReader.shipped();

    private FormatModels() {}

    /** The first model of the format; for Converse, which no model has as its own, the first that it serves. */
    static Model of(ModelFormat format) {
        return CATALOGUE.all().stream()
                .filter(model -> model.format().equals(format.name())
                        || format.name().equals("converse")
                                && model.capabilities().converse())
                .findFirst()
                .orElseThrow();
    }
}
