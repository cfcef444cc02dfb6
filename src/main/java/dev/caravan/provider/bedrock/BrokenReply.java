package dev.caravan.provider.bedrock;

import dev.caravan.error.ErrorKind;
import dev.caravan.error.LlmException;

/** Replies that began with 200 and can't be had whole: the model has run and is paid for, so they are not retried. */
final class BrokenReply {
    private BrokenReply() {}

    static LlmException brokeOff(Throwable cause) {
        return LlmException.builder(ErrorKind.PROVIDER_ERROR, "Bedrock's reply broke off.")
                .cause(cause)
                .build();
    }

    static LlmException tooLong(long maxBytes) {
        return LlmException.of(
                ErrorKind.PROVIDER_ERROR, "Bedrock's reply is longer than " + maxBytes + " bytes and was not read.");
    }
}
