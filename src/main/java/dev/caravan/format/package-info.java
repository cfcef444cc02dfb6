/**
 * One class per native wire format of Bedrock's InvokeModel, both directions: {@link
 * dev.caravan.format.ModelFormat} writes a request's body and reads the reply's. A format knows no HTTP, no AWS
 * client and no other format; the listing of this package is the support matrix.
 */
package dev.caravan.format;
