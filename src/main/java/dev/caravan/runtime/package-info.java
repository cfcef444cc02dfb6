/** Threads, cancellation and time: what the rest is given instead of reaching for the platform's own. */
package dev.caravan.runtime;
