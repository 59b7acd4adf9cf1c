/**
 * Runs servers side by side, each in a process of its own on one core, with a load generator on
 * another core. The servers take turns. It writes every round, a table and plots.
 *
 * <p>Read {@code Race} first: it is the order of a run, and lists the {@code Scenario}s. {@code
 * Load} is the generator, {@code Contestants} the list of the servers. {@code Goals} and {@code
 * Report} are the output, and {@code Documents} puts it into the repository's documents.
 */
package io.github.signalhub.benchmarks.race;
