package dev.caravan.model;

/**
 * A name that was looked up.
 *
 * @param model the catalogue entry
 * @param callId the id, inference profile or ARN to call
 */
public record ResolvedModel(Model model, String callId) {}
