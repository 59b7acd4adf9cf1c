/**
 * A simulated network under the control of a test. Its clients are in the same program, and the
 * test moves its clock. Its links stall, split, delay, break and go silent as a seed decides. The
 * same seed gives the same run, so a failure can be repeated.
 *
 * <p>Start with {@link io.github.signalhub.testkit.SimulatedNetwork}. Every class here is confined
 * to the thread of the test. No class starts a thread, opens a socket or reads a real clock.
 */
@NullMarked
package io.github.signalhub.testkit;

import org.jspecify.annotations.NullMarked;
