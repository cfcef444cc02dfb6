/**
 * Failures as callers see them: {@link dev.caravan.error.ErrorKind} is the contract's error table and the only
 * place that knows a status or whether a failure is worth trying again; {@link dev.caravan.error.LlmException}
 * carries one row of it through the trunk.
 */
package dev.caravan.error;
