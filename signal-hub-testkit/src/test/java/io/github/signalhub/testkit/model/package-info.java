/**
 * Random stories that try to break the whole protocol as users meet it. Clients of the kit connect,
 * disconnect, join, leave, stall and are cut. Meanwhile streams and tables get messages, evict and
 * compact, and the hub restarts.
 *
 * <p>A {@link Story} is a list of {@link Act}s. {@link Stage} plays it on a real hub and a
 * simulated network; {@link Truth} knows the published messages and the ones that may have left.
 * The kit's own {@code Guarantee} checks the guarantee itself. The package {@code
 * io.github.signalhub.model} follows one connection to the byte. This package follows clients over
 * all their connections.
 */
package io.github.signalhub.testkit.model;
