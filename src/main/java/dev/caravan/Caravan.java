package dev.caravan;

/** The command line: {@code java -jar caravan.jar [serve|emulator|--help|--version]}. */
public final class Caravan {
    private Caravan() {}

    public static void main(String[] args) {}
}
