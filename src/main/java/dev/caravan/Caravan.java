package dev.caravan;

import dev.caravan.app.CommandLine;

/** The command line: {@code java -jar caravan.jar [serve|emulator|--help|--version]}. */
public final class Caravan {
    private static final int FIRST_JDK_THAT_WARNS_OF_UNSAFE = 24;
    private static final String NO_UNSAFE = "io.netty.noUnsafe";

    private Caravan() {}

    public static void main(String[] args) {
        avoidUnsafe();
        int status = new CommandLine(System.out, System.err).run(args);
        if (status != 0) {
            System.exit(status);
        }
    }

    /** Netty works as fast without it there (docs/performance.md), and the JVM does not warn the user. */
    private static void avoidUnsafe() {
        if (Runtime.version().feature() >= FIRST_JDK_THAT_WARNS_OF_UNSAFE && System.getProperty(NO_UNSAFE) == null) {
            System.setProperty(NO_UNSAFE, "true");
        }
    }
}
