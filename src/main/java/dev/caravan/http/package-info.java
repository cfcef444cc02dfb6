/**
 * The HTTP side of the doors: a Vert.x server of our own under Camel's platform-http, an engine that frees the
 * thread when a step goes asynchronous, guards, and the management port. Routes themselves are YAML.
 */
package dev.caravan.http;
