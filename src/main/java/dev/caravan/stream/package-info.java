/**
 * Streams for programs and routes: between the trunk, which gives parts on its own threads and asks whether there is room, and
 * consumers that wait for them or subscribe.
 */
package dev.caravan.stream;
