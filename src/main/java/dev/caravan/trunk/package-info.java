/**
 * The one pipeline behind all doors, as Camel routes: resolve the model, check the parameters, then format,
 * throttle, paid call and reading of the reply as one attempt that is redelivered as one, then the account.
 * Knows nothing of HTTP or files. Of {@code dialect} it takes the fields of Caravan's own API, which are also the
 * fields of a Map or JSON text in a route's body, and the wording of an unexpected failure: one reader, one wording.
 */
package dev.caravan.trunk;
