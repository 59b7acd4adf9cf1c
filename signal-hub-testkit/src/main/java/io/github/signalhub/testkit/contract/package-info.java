/**
 * The rules that every carrier keeps, as cases that any test framework can run. The carriers of
 * this project pass the same cases.
 *
 * <p>The author of a server or an adapter starts with {@link
 * io.github.signalhub.testkit.contract.CarrierContract}, which talks to the carrier over a socket.
 * {@link io.github.signalhub.testkit.contract.TransportContract} is for a transport whose far end
 * is in the same program.
 *
 * <p>This package depends on no test framework. It is the only package of the kit that opens
 * sockets, starts threads and reads a real clock.
 */
@NullMarked
package io.github.signalhub.testkit.contract;

import org.jspecify.annotations.NullMarked;
