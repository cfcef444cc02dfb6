/**
 * The folder door: a file dropped into {@code inbox/} is a job, claimed by a rename into {@code .work/}, asked through
 * the trunk, and answered by files in {@code outbox/}. What is known of a job is on disk before the next step begins,
 * so that whoever comes after a crash carries it on and pays for nothing twice.
 */
package dev.caravan.files;
