/**
 * The server's side of WebSocket (RFC 6455) and of permessage-deflate (RFC 7692) as pure state
 * machines: bytes in, callbacks and bytes out.
 *
 * <p>Invariant: nothing here opens a channel, starts a thread, reads a clock, logs, or imports
 * another package of this library. The caller confines every instance to one thread at a time, but
 * for what connections share, which says so.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.ws.WebSocketProtocol} first: it names every
 * state and every transition. {@link io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake}
 * decides which requests get that far. {@link
 * io.github.signalhub.jdkserver.internal.ws.PermessageDeflate} is what one server has of
 * compression; {@code Inflation} reads compressed messages, {@link
 * io.github.signalhub.jdkserver.internal.ws.Compressor} makes them.
 */
package io.github.signalhub.jdkserver.internal.ws;
