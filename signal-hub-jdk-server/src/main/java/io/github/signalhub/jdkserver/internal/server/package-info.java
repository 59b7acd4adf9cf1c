/**
 * The transport, which connects the other rooms. It opens loops, places accepted connections on
 * them, and ends them in good order.
 *
 * <p>Invariant: this room reads and writes no bytes of a connection.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.server.NioTransport} first.
 */
package io.github.signalhub.jdkserver.internal.server;
