package dev.caravan.runtime;

/**
 * A failure's types and frames without its messages, for the log: a message may quote the prompt or the reply
 * that a step stumbled over.
 */
public final class TypesOnly {
    private static final int MAX_CAUSES = 8;
    private static final int MAX_FRAMES = 40;

    private TypesOnly() {}

    /** Class names and frames of a failure and its causes, on lines of their own. */
    public static String of(Throwable failure) {
        StringBuilder text = new StringBuilder();
        Throwable cause = failure;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            text.append(i == 0 ? "" : "caused by ").append(cause.getClass().getName());
            StackTraceElement[] frames = cause.getStackTrace();
            for (int f = 0; f < frames.length && f < MAX_FRAMES; f++) {
                text.append("\n\tat ").append(frames[f]);
            }
            text.append('\n');
            cause = cause.getCause();
        }
        return text.toString();
    }

    /** Class names of a failure and its causes, each with where it began, on one line. */
    public static String onOneLine(Throwable failure) {
        StringBuilder line = new StringBuilder();
        Throwable cause = failure;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            line.append(i == 0 ? "" : ", caused by ").append(cause.getClass().getName());
            StackTraceElement[] frames = cause.getStackTrace();
            line.append(frames.length == 0 ? "" : " at " + frames[0]);
            cause = cause.getCause();
        }
        return line.toString();
    }
}
