/**
 * Benchmarks, and servers for load tests from outside. Never published.
 *
 * <p>Each speed is a ratio to a peer or to a floor that was measured in turns in the same run.
 * Absolute figures depend more on the machine than on the code. Read {@code Main} first.
 */
package io.github.signalhub.benchmarks;
