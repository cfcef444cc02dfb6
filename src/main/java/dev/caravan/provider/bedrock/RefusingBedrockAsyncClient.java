package dev.caravan.provider.bedrock;

import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;

/**
 * The async client that Camel's aws-bedrock endpoint wants to exist beside the sync one. It refuses every operation
 * with {@link UnsupportedOperationException}, as the interface's default methods do: streams go over the wire.
 */
final class RefusingBedrockAsyncClient implements BedrockRuntimeAsyncClient {
    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}
}
