/**
 * The rules that every carrier keeps, as cases that any test framework can run: a published form of
 * the tests that the carriers of this project pass.
 *
 * <p>The author of a server or an adapter starts with {@link
 * io.github.signalhub.testkit.contract.CarrierContract}: it talks to the carrier over a socket. A
 * transport whose far end is in the same program has {@link
 * io.github.signalhub.testkit.contract.TransportContract}.
 *
 * <p>Nothing here depends on a test framework, and nothing but this package of the kit opens
 * sockets, starts threads and looks at the time.
 */
package io.github.signalhub.testkit.contract;
