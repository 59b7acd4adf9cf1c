/**
 * Benchmarks, and servers for load tests from outside. Never published.
 *
 * <p>Speed is shown as a ratio to a peer or to a floor that was measured in the same run, in turns,
 * because absolute figures say more of the machine than of the code. Read {@code Main} first.
 */
package io.github.signalhub.benchmarks;
