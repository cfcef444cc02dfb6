/**
 * The one pipeline behind all doors, as Camel routes: resolve the model, check the parameters, then format,
 * throttle, paid call and reading of the reply as one attempt that is redelivered as one, then the account.
 * Knows nothing of HTTP or files.
 */
package dev.caravan.trunk;
