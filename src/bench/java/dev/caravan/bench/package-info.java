/**
 * Measures Caravan from outside, process beside process on the loopback: a stand-in for Bedrock, a load generator, a
 * bare Camel route to compare with, and a watch for the start. Built by the profile {@code bench} alone and started by
 * {@code src/bench/run}; nothing of it is in the shipped jar.
 */
package dev.caravan.bench;
