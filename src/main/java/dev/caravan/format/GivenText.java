package dev.caravan.format;

/**
 * What was given out of a text: its length and a hash, since the text itself is kept elsewhere already and may be long. Not
 * thread-safe.
 */
final class GivenText {
    /** Odd, so that no character's weight is lost; of the golden ratio. */
    private static final long FACTOR = 0x9E3779B97F4A7C15L;

    private final String what;
    private int length;
    private long hash;

    /** @param what the text is, for a message */
    GivenText(String what) {
        this.what = what;
    }

    boolean isEmpty() {
        return length == 0;
    }

    void add(String more) {
        hash = hash(hash, more, more.length());
        length += more.length();
    }

    /**
     * What a text has behind that which was given out.
     *
     * @throws IllegalStateException when it does not begin with it, which is a bug
     */
    String beyond(String whole) {
        if (whole.length() < length || hash(0, whole, length) != hash) {
            throw new IllegalStateException("the " + what + " given out is not that of the reply");
        }
        return whole.substring(length);
    }

    private static long hash(long before, String text, int to) {
        long hash = before;
        for (int i = 0; i < to; i++) {
            hash = hash * FACTOR + text.charAt(i) + 1;
        }
        return hash;
    }
}
