/**
 * Answers that are valid: schemas ({@link dev.caravan.structured.Schemas}), finding JSON in what a model wrote and
 * mending small damage, and checking it ({@link dev.caravan.structured.AnswerReader}). Knows nothing of models, HTTP and
 * Camel.
 */
package dev.caravan.structured;
