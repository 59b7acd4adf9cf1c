/**
 * The server's side of WebSocket (RFC 6455) and of permessage-deflate (RFC 7692) as pure state
 * machines: bytes in, callbacks and bytes out.
 *
 * <p>Invariant: nothing here opens a channel, starts a thread, reads a clock or logs. The only
 * package of this library that is imported here is {@code internal.http}, for heads and the grammar
 * of their fields. The caller confines every instance to one thread at a time. What connections
 * share is thread-safe, and says so.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.ws.WebSocketProtocol} first: it names every
 * state and every transition. {@link io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake}
 * decides which requests get that far. {@link
 * io.github.signalhub.jdkserver.internal.ws.PermessageDeflate} compresses the messages of one
 * server, and {@code Inflation} reads those of one client.
 */
package io.github.signalhub.jdkserver.internal.ws;
