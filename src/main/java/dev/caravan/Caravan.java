package dev.caravan;

import dev.caravan.app.CommandLine;

/** The command line: {@code java -jar caravan.jar [serve|emulator|--help|--version]}. */
public final class Caravan {
    private Caravan() {}

    public static void main(String[] args) {
        int status = new CommandLine(System.out, System.err).run(args);
        if (status != 0) {
            System.exit(status);
        }
    }
}
