package dev.caravan.emulator.misbehave;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What goes wrong within a stream whose head was a 200. */
public enum StreamFault {
    /** An exception or error frame, then the end. */
    EXCEPTION,
    /** A frame whose checksum is wrong; the rest comes properly. */
    CHECKSUM,
    /** Half a frame, then the proper end of the HTTP body. */
    HALF,
    /** The proper end of the HTTP body before the answer's. */
    SILENT,
    /** Nothing more, and the connection stays open. */
    STALL,
    /** All comes, but slowly and in pieces of frames. */
    DRIP,
    /** The connection breaks. */
    RESET;

    /** The words in a directive. */
    static final List<String> WORDS =
            Arrays.stream(values()).map(StreamFault::word).toList();

    static Optional<StreamFault> byWord(String word) {
        return Arrays.stream(values())
                .filter(fault -> fault.word().equals(word))
                .findFirst();
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
