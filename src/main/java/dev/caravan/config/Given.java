package dev.caravan.config;

/**
 * A value as it was given.
 *
 * @param text without blanks around it
 * @param from where, in words for a message
 * @param variable whether it is an environment variable, of the process or of {@code .env}
 */
record Given(String text, String from, boolean variable) {
    @Override
    public String toString() {
        return "Given[from=" + from + "]";
    }
}
