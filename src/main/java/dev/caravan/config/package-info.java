/**
 * All settings, read once at start into one immutable tree ({@link dev.caravan.config.Settings}); every problem
 * is named with key, value and rule. Secrets are a type that prints as {@code ***}.
 */
package dev.caravan.config;
