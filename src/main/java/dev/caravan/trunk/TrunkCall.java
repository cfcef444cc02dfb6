package dev.caravan.trunk;

import dev.caravan.chat.LlmRequest;
import dev.caravan.chat.Usage;
import dev.caravan.error.LlmException;
import dev.caravan.format.FormatReply;
import dev.caravan.format.ModelFormat;
import dev.caravan.model.ResolvedModel;
import dev.caravan.model.UnknownModels;
import dev.caravan.observe.CallFacts;
import dev.caravan.observe.StructuredAnswer;
import dev.caravan.runtime.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;

/**
 * The state of one request on its way through the trunk, kept as an exchange property. Each step reads and writes
 * its own part; steps of one exchange never run at the same time.
 */
final class TrunkCall implements CallFacts {
    private final String id;
    private final Cancellation cancellation;
    private final MessageBefore before;
    private final CallClock clock;

    private LlmRequest request;
    private ResolvedModel resolved;
    private ModelFormat format;
    private PartOutlet outlet;
    private FormatReply reply;
    private volatile StructuredCall structured;
    private volatile Usage usage = Usage.UNKNOWN;
    private volatile int attempts;
    private int retries;
    private boolean onceUsed;
    private LlmException lastFailure;
    private PermitLine.Place place;
    private volatile boolean paid;
    private boolean again;

    TrunkCall(String id, Cancellation cancellation, MessageBefore before, Duration total, LongSupplier nanoTime) {
        this.id = id;
        this.cancellation = cancellation;
        this.before = before;
        this.clock = new CallClock(total, nanoTime);
    }

    /** @throws LlmException when the exchange did not come in through the trunk's first route */
    static TrunkCall of(Exchange exchange) {
        TrunkCall call = find(exchange);
        if (call == null) {
            throw LlmException.invalid(
                    "This route is the inside of Caravan's trunk: send to " + TrunkRoutes.GENERATE + " instead.");
        }
        return call;
    }

    /** The exchange's call, or null. */
    static TrunkCall find(Exchange exchange) {
        return exchange.getProperty(ExchangeKeys.CALL) instanceof TrunkCall call ? call : null;
    }

    String id() {
        return id;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    CallClock clock() {
        return clock;
    }

    /** What the exchange had when it came in. */
    MessageBefore before() {
        return before;
    }

    LlmRequest request() {
        return request;
    }

    void request(LlmRequest value) {
        this.request = value;
    }

    ResolvedModel resolved() {
        return resolved;
    }

    ModelFormat format() {
        return format;
    }

    void resolved(ResolvedModel model, ModelFormat itsFormat) {
        this.resolved = model;
        this.format = itsFormat;
    }

    /** What a request for a valid answer has beside; null for others. */
    StructuredCall structured() {
        return structured;
    }

    void structured(StructuredCall value) {
        this.structured = value;
    }

    /** Where the parts of a streamed answer go; null for an answer in one piece. */
    PartOutlet outlet() {
        return outlet;
    }

    void outlet(PartOutlet value) {
        this.outlet = value;
    }

    /** An attempt at an answer begins that the outlet gives out. */
    void answerBegins() {
        outlet.answer(
                structured == null ? 1 : structured.answers().size() + 1,
                structured != null && structured.plan().tool() != null);
    }

    /** Whether parts of the answer at hand were given out. */
    boolean hasGivenParts() {
        return outlet != null && outlet.given();
    }

    FormatReply reply() {
        return reply;
    }

    void reply(FormatReply value) {
        this.reply = value;
        this.lastFailure = null;
        paid(value.usage());
    }

    /** Counts of a paid call, whether its reply could be used or not. */
    void paid(Usage value) {
        this.usage = usage.plus(value);
        this.paid = true;
    }

    /** Whether a call of it was answered, so that its end would lose what was paid for. */
    boolean isPaid() {
        return paid;
    }

    /** Whether it is paid, or may be so any moment. */
    boolean isPaidOrCalling() {
        return paid || clock.isCalling();
    }

    /** Its place among those who wait for the limit; null until it waits. */
    PermitLine.Place place() {
        return place;
    }

    void place(PermitLine.Place value) {
        this.place = value;
    }

    /** Its exchange is done. */
    void end() {
        if (place != null) {
            place.close();
        }
    }

    void countAttempt() {
        attempts++;
    }

    int retries() {
        return retries;
    }

    void countRetry(LlmException failure) {
        retries++;
        onceUsed |= failure.retry() == LlmException.Retry.ONCE;
    }

    /** Whether the failure at hand is followed by another attempt. */
    boolean again() {
        return again;
    }

    void again(boolean value) {
        this.again = value;
    }

    boolean onceUsed() {
        return onceUsed;
    }

    LlmException lastFailure() {
        return lastFailure;
    }

    void lastFailure(LlmException failure) {
        this.lastFailure = failure;
    }

    @Override
    public String model() {
        if (resolved == null) {
            return null;
        }
        return UnknownModels.isUnknown(resolved.model())
                ? UnknownModels.FAMILY
                : resolved.model().id();
    }

    @Override
    public String unknownModel() {
        return resolved != null && UnknownModels.isUnknown(resolved.model()) ? resolved.callId() : null;
    }

    @Override
    public Usage usage() {
        return usage;
    }

    @Override
    public int attempts() {
        return attempts;
    }

    @Override
    public Duration upstreamTime() {
        return clock.upstreamTime();
    }

    @Override
    public Duration firstPart() {
        return clock.firstPart();
    }

    @Override
    public Map<String, String> metadata() {
        return request == null ? Map.of() : request.metadata();
    }

    @Override
    public List<StructuredAnswer> structuredAnswers() {
        StructuredCall mine = structured;
        return mine == null ? List.of() : mine.answers();
    }
}
