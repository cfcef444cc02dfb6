package dev.caravan.provider.bedrock;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;

/**
 * How far the local clock is from AWS's, learnt from the Date header of a refused signature; AWS accepts up to five
 * minutes. Thread-safe.
 */
final class ClockSkew {
    private static final Duration WORTH_A_RETRY = Duration.ofMinutes(1);
    private static final Set<String> CODES = Set.of(
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "RequestTimeTooSkewed",
            "RequestExpired",
            "RequestInTheFuture");

    private final Clock local;
    private volatile Clock corrected;

    ClockSkew(Clock local) {
        this.local = local;
        this.corrected = local;
    }

    /** AWS's time as far as known. */
    Clock clock() {
        return corrected;
    }

    /**
     * Learns from a reply.
     *
     * @param signedBy the clock that the refused call was signed by
     * @return whether the call was refused for a wrong time, and is worth signing anew
     */
    boolean learn(BedrockWire.Reply reply, Clock signedBy) {
        if (reply.status() / 100 != 4 || !speaksOfTime(reply)) {
            return false;
        }
        ZonedDateTime theirs = date(reply.header("date"));
        if (theirs == null) {
            return false;
        }
        Duration wrong = Duration.between(signedBy.instant(), theirs.toInstant());
        if (wrong.abs().compareTo(WORTH_A_RETRY) < 0) {
            return false;
        }
        corrected = Clock.offset(local, Duration.between(local.instant(), theirs.toInstant()));
        return true;
    }

    private static boolean speaksOfTime(BedrockWire.Reply reply) {
        ErrorReply error = ErrorReply.of(reply);
        String message = error.message() == null ? "" : error.message().toLowerCase(Locale.ROOT);
        return error.code() != null && CODES.contains(error.code())
                || message.contains("signature expired")
                || message.contains("not yet current");
    }

    private static ZonedDateTime date(String text) {
        try {
            return text == null ? null : ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
