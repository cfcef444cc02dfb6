/**
 * How clients speak to Caravan: one class per dialect, both directions, on JSON trees; knows nothing of HTTP
 * servers or models.
 */
package dev.caravan.dialect;
