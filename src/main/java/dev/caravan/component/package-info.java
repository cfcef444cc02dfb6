/**
 * The {@code caravan:} component for any CamelContext: {@code to("caravan:generate?model=claude-haiku")}. Nothing
 * starts until a route names it.
 */
package dev.caravan.component;
