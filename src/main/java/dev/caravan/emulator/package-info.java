/**
 * The embedded Bedrock: an HTTP server on a loopback port that speaks Bedrock's wire protocol, refuses what AWS
 * refuses with AWS's words, and can be told to misbehave. Real AWS clients are used against it in every mode.
 */
package dev.caravan.emulator;
