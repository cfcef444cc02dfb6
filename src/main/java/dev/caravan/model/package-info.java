/**
 * The catalogue of models: data, loaded from {@code catalogue.yaml} and a file of the user's, and the one place
 * where a name (alias, id, inference profile, ARN) is resolved to an entry. No other package compares model ids.
 */
package dev.caravan.model;
