package dev.caravan.structured;

/** What may be spent on one text, in characters looked at; keeps hostile text from costing its length squared. */
final class Steps {
    private long left;

    Steps(long left) {
        this.left = left;
    }

    void take(long characters) {
        left -= Math.max(1, characters);
    }

    boolean over() {
        return left <= 0;
    }
}
