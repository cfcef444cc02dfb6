package dev.caravan.trunk;

/** Exchange properties that doors set and the trunk reads, or the other way round. */
public final class ExchangeKeys {
    /** {@link dev.caravan.runtime.Cancellation}: the caller has gone. Set by a door, optional. */
    public static final String CANCELLATION = "CaravanCancellation";

    /** String: id of the request, which becomes the reply's id. Set by a door, optional. */
    public static final String REQUEST_ID = "CaravanRequestId";

    /** {@link dev.caravan.observe.CallFacts}: set by the trunk as soon as it takes a request. */
    public static final String CALL = "CaravanCall";

    /** {@link ReplyListener}: hears the reply when the trunk gives it. Set by a door, optional. */
    public static final String REPLY_LISTENER = "CaravanReplyListener";

    /** {@link PartSink}: takes the parts of a streamed answer. Set by a door whose request asks for a stream. */
    public static final String PART_SINK = "CaravanPartSink";

    private ExchangeKeys() {}
}
