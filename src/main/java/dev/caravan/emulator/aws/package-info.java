/**
 * AWS's side of a call that has nothing to do with models: error types with their statuses and words, and the check
 * of signatures and bearer tokens.
 */
package dev.caravan.emulator.aws;
