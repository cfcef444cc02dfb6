/** What an operator sees: metrics, the access line, health. Never the text of a prompt or a reply. */
package dev.caravan.observe;
