/**
 * Runs servers side by side, each in a process of its own on one core, with a load generator on
 * another core. The servers take turns. It writes every round, a table and plots.
 *
 * <p>Read {@code Race} first: it is the order of a run. {@code Load} is the generator, {@code
 * Contestants} the list of the servers, and {@code Report} the output.
 */
package io.github.signalhub.benchmarks.race;
