/** Where calls go; one package per provider. */
package dev.caravan.provider;
