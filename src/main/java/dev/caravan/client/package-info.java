/**
 * Caravan as a plain Java library: {@link dev.caravan.client.LlmClients#create()} gives a client that asks a model for
 * text, for JSON that is valid against a schema, or for values of the caller's own types. It is a face of the trunk like any
 * door: it knows nothing of models, limits and retries. Nothing of Camel is needed to use it.
 */
package dev.caravan.client;
