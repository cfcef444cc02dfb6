package dev.caravan.bench;

/** Reads the body of one streamed answer after the other, and checks that the parts come whole and in their order. */
interface StreamBody {
    /** A new answer begins. */
    void begin();

    /**
     * @return how many parts ended in these bytes
     * @throws IllegalStateException when they are not what was sent
     */
    int take(byte[] bytes, int from, int to);

    /** Whether the answer has its proper end and all of its parts. */
    boolean complete();
}
