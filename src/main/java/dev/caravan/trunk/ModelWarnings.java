package dev.caravan.trunk;

import dev.caravan.chat.Validation.Mode;
import dev.caravan.model.Model;
import dev.caravan.model.UnknownModels;
import dev.caravan.runtime.Texts;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once of each model what an operator should know of it. Thread-safe. */
final class ModelWarnings {
    private static final Logger LOG = LoggerFactory.getLogger(ModelWarnings.class);

    /** Callers can make up any number of ids. */
    private static final int MAX_UNKNOWN = 200;

    private static final int MAX_SHOWN = 200;

    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private final Set<String> unknown = ConcurrentHashMap.newKeySet();
    private final Set<String> steppedDown = ConcurrentHashMap.newKeySet();

    void of(Model model) {
        if (UnknownModels.isUnknown(model)) {
            ofUnknown(model.id());
        } else {
            ofAge(model);
        }
    }

    /**
     * The provider refused a schema, and the model is asked in another way.
     *
     * @param callId the id, inference profile or ARN that was called
     * @param next the way it is asked now
     * @param parameter whether no schema would be taken, which an operator should know; one schema is its caller's matter
     */
    void steppedDown(String callId, Mode next, boolean parameter) {
        String shown = Texts.shorten(callId, MAX_SHOWN);
        if (!parameter) {
            LOG.debug("{} refused a JSON schema; it is asked by {}", shown, next.word());
        } else if (steppedDown.size() < MAX_UNKNOWN && steppedDown.add(callId)) {
            LOG.warn(
                    "{} does not take JSON schemas here, though Caravan's catalogue says so (region or inference profile"
                            + " may be why); it is asked by {}",
                    shown,
                    next.word());
        }
    }

    private void ofUnknown(String id) {
        if (unknown.size() < MAX_UNKNOWN && unknown.add(id)) {
            LOG.warn(
                    "{} is not in Caravan's catalogue; it is called through Converse, and AWS decides what it takes"
                            + " (docs/models.md tells how to add it)",
                    Texts.shorten(id, MAX_SHOWN));
        }
    }

    /** A retired model is called all the same: AWS's word counts, not the catalogue's. */
    private void ofAge(Model model) {
        Model.Status status = model.lifecycle().status();
        boolean old = status == Model.Status.RETIRED || status == Model.Status.LEGACY;
        if (old && told.add(model.id())) {
            LOG.warn(
                    "{} is {} according to Caravan's catalogue{}",
                    model.id(),
                    status.word(),
                    model.lifecycle()
                            .successor()
                            .map(successor -> "; its successor is " + successor)
                            .orElse(""));
        }
    }
}
