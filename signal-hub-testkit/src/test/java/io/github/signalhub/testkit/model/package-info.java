/**
 * The whole protocol as users meet it, and random stories that try to break it: clients of the kit
 * come, go, join, leave, stall and are cut while streams and tables are published to, evicted and
 * compacted, and the hub restarts.
 *
 * <p>A {@link Story} is a list of {@link Act}s. {@link Stage} plays it on a real hub and a
 * simulated network; {@link Truth} knows what was published and what of it may have left. The
 * guarantee itself is checked by the kit's own {@code Guarantee}. Where {@code
 * io.github.signalhub.model} follows one connection to the byte, this follows clients over all of
 * theirs.
 */
package io.github.signalhub.testkit.model;
