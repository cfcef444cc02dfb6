package dev.caravan.files;

/** A route file uses a step wrongly; the message says how, and holds no content. */
final class StepMisuseException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    StepMisuseException(String message) {
        super(message);
    }
}
