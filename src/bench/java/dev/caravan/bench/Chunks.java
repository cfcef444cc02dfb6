package dev.caravan.bench;

/** Takes HTTP/1.1's chunked coding off a body, whatever the borders of the bytes that come. Knows no trailers. */
final class Chunks {
    /** Takes what the chunks hold. */
    interface Sink {
        void take(byte[] bytes, int from, int length);
    }

    private enum Place {
        SIZE,
        EXTENSION,
        DATA,
        DATA_END,
        LAST,
        OVER
    }

    private Place place = Place.SIZE;
    private int size;

    void begin() {
        place = Place.SIZE;
        size = 0;
    }

    boolean over() {
        return place == Place.OVER;
    }

    /** @return the place after the body in these bytes, or their length when it goes on */
    int read(byte[] bytes, int from, Sink sink) {
        int at = from;
        while (at < bytes.length && place != Place.OVER) {
            if (place == Place.DATA) {
                int length = Math.min(size, bytes.length - at);
                sink.take(bytes, at, length);
                at += length;
                size -= length;
                place = size == 0 ? Place.DATA_END : Place.DATA;
            } else {
                step(bytes[at++]);
            }
        }
        return at;
    }

    private void step(byte next) {
        switch (place) {
            case SIZE -> {
                int digit = Character.digit(next, 16);
                if (digit >= 0) {
                    size = size * 16 + digit;
                } else {
                    place = Place.EXTENSION;
                }
            }
            case EXTENSION -> {
                if (next == '\n') {
                    place = size == 0 ? Place.LAST : Place.DATA;
                }
            }
            case DATA_END -> place = next == '\n' ? Place.SIZE : Place.DATA_END;
            case LAST -> place = next == '\n' ? Place.OVER : Place.LAST;
            default -> throw new IllegalStateException("at " + place);
        }
    }
}
