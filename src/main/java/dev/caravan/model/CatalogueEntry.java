package dev.caravan.model;

import java.util.List;

/**
 * An entry as it stands in the file, before names are shared out.
 *
 * @param model the model, still without aliases
 * @param line models of which one follows the other; its name means the newest. Null when none
 * @param aliases the aliases written in the file, lower case
 * @param arns ARNs that stand for the model
 */
record CatalogueEntry(Model model, String line, List<String> aliases, List<String> arns) {}
