/**
 * The transport, which ties the other rooms together: it opens loops, places accepted connections
 * on them, and ends them in good order.
 *
 * <p>Invariant: this room knows no bytes. What a connection reads and writes is the business of the
 * other rooms.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.server.NioTransport} first.
 */
package io.github.signalhub.jdkserver.internal.server;
