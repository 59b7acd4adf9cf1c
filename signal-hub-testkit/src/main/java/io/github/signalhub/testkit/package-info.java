/**
 * A network that a test holds in its hand: clients in the same program, a clock that moves when it
 * is told to, and links that stall, split, delay, die and go silent as a seed says. The same seed
 * gives the same run, so what fails once fails again.
 *
 * <p>Start with {@link io.github.signalhub.testkit.SimulatedNetwork}. Everything here is confined
 * to the thread of the test; nothing starts a thread, opens a socket or looks at the time.
 */
package io.github.signalhub.testkit;
