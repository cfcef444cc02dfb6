/**
 * Calls to Amazon Bedrock: the SDK's credentials, endpoint rules and signer over Vert.x's HTTP client behind one
 * interface ({@link dev.caravan.provider.bedrock.BedrockWire}), the thin {@code BedrockRuntimeClient} that Camel's
 * aws-bedrock component calls, and the reading of AWS's errors. Knows nothing of models.
 */
package dev.caravan.provider.bedrock;
