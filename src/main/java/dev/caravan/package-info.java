/** Caravan: an LLM service made of Apache Camel routes. {@link dev.caravan.Caravan} is the command line. */
package dev.caravan;
