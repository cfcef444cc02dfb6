package dev.caravan.files;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** Gives {@link InboxEndpoint}; added to a context by the door, never found by its scheme. */
final class InboxComponent extends DefaultComponent {
    private final FilesDoor door;

    InboxComponent(FilesDoor door) {
        this.door = door;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        if (!InboxEndpoint.NAME.equals(remaining)) {
            throw new IllegalArgumentException(
                    InboxEndpoint.SCHEME + ":" + remaining + " is not known; there is " + InboxEndpoint.URI);
        }
        return new InboxEndpoint(uri, this, door);
    }
}
