package dev.caravan.provider.bedrock;

import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** Lets the SDK's client tell of a 200 that broke off as the wire does. */
final class BrokenReplyInterceptor implements ExecutionInterceptor {
    private static final int OK = 200;
    private static final ExecutionAttribute<Integer> STATUS = new ExecutionAttribute<>("CaravanStatus");

    @Override
    public void afterTransmission(Context.AfterTransmission answered, ExecutionAttributes attributes) {
        attributes.putAttribute(STATUS, answered.httpResponse().statusCode());
    }

    @Override
    public Throwable modifyException(Context.FailedExecution failed, ExecutionAttributes attributes) {
        Throwable failure = failed.exception();
        boolean ours = failure instanceof AbortedException
                || failure instanceof ApiCallTimeoutException
                || failure instanceof ApiCallAttemptTimeoutException;
        boolean replyCame = Integer.valueOf(OK).equals(attributes.getAttribute(STATUS));
        if (failure instanceof SdkClientException && !ours && replyCame) {
            // The SDK takes no other type back; the row of the table is found in its cause.
            return SdkClientException.create("The reply broke off", BrokenReply.brokeOff(failure));
        }
        return failure;
    }
}
