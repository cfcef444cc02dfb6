/** Running alone: commands, start, banner, orderly stop. */
package dev.caravan.app;
