package dev.caravan.emulator.stream;

import dev.caravan.emulator.aws.AwsErrorType;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.emulator.family.StreamPart;
import dev.caravan.emulator.family.StreamPart.Place;
import dev.caravan.emulator.misbehave.Directive;
import dev.caravan.emulator.misbehave.StreamFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * What is sent of a stream.
 *
 * @param steps in order; bytes are made when their turn comes
 * @param ending what comes after them
 */
public record StreamPlan(List<Step> steps, Ending ending) {
    private static final int SLOW_CONTENT = 5;
    private static final int SLOW_FRAME = 2;

    /** How the HTTP body ends. */
    public enum Ending {
        /** Properly, whatever it holds. */
        END,
        /** Not at all: it is the client who leaves. */
        HANG,
        /** The connection breaks. */
        RESET
    }

    /**
     * @param bytes a frame, or what is left of one
     * @param pieces 1, or into how many parts it is cut, with a pause after each
     */
    public record Step(Supplier<byte[]> bytes, int pieces) {}

    /**
     * Plans an answer.
     *
     * @param parts the proper answer, at least one of them an end
     * @throws AwsFailure ValidationException for an error that does not come within such a stream
     */
    public static StreamPlan of(List<StreamPart> parts, Directive directive, EventFrames frames) {
        int at = position(parts, directive.after());
        List<Step> steps = new ArrayList<>();
        parts.subList(0, at).forEach(part -> steps.add(whole(() -> frames.event(part))));
        List<StreamPart> rest = parts.subList(at, parts.size());
        if (directive.fault().isEmpty()) {
            StreamPart next = rest.get(0);
            if (directive.malformed()) {
                steps.add(whole(() -> frames.malformed(next)));
            }
            boolean replaced = directive.malformed() && next.place() == Place.CONTENT;
            addAll(steps, rest.subList(replaced ? 1 : 0, rest.size()), frames);
            return new StreamPlan(steps, Ending.END);
        }
        Ending ending = Ending.END;
        StreamFault fault = directive.fault().get();
        switch (fault) {
            case EXCEPTION -> {
                byte[] frame = frames.failure(
                        directive.error().orElseGet(() -> AwsFailure.of(AwsErrorType.MODEL_STREAM_ERROR)));
                steps.add(whole(() -> frame));
            }
            case CHECKSUM -> {
                steps.add(whole(() -> frames.corrupt(rest.get(0))));
                addAll(steps, rest.subList(1, rest.size()), frames);
            }
            case HALF -> steps.add(whole(() -> half(frames.event(rest.get(0)))));
            case SILENT -> ending = Ending.END;
            case STALL -> ending = Ending.HANG;
            case RESET -> ending = Ending.RESET;
            case DRIP ->
                rest.forEach(part -> steps.add(
                        new Step(() -> frames.event(part), part.place() == Place.CONTENT ? SLOW_CONTENT : SLOW_FRAME)));
        }
        return new StreamPlan(steps, ending);
    }

    /** Where so many pieces of content have been; before the end when there are fewer. */
    private static int position(List<StreamPart> parts, int after) {
        int seen = 0;
        for (int i = 0; i < parts.size(); i++) {
            Place place = parts.get(i).place();
            if (place == Place.END || place == Place.CONTENT && seen++ == after) {
                return i;
            }
        }
        throw new IllegalArgumentException("an answer without an end");
    }

    private static void addAll(List<Step> steps, List<StreamPart> parts, EventFrames frames) {
        parts.forEach(part -> steps.add(whole(() -> frames.event(part))));
    }

    private static Step whole(Supplier<byte[]> bytes) {
        return new Step(bytes, 1);
    }

    private static byte[] half(byte[] frame) {
        return Arrays.copyOf(frame, frame.length / 2);
    }
}
