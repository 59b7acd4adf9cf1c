/**
 * The only room with channels, threads and clocks: event loops, and on them connections that speak
 * HTTP first and WebSocket if they are asked to.
 *
 * <p>Invariants: the state of a connection is touched by its loop alone, and what comes from
 * another thread is a task of that loop; application code never runs on a loop; nothing that a peer
 * sends ends a loop, and every wait for a peer has a deadline. Imported are {@code internal.ws},
 * {@code internal.http}, {@code internal.exchange}, the admission and the transport interface of
 * the hub, never the hub.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.net.NioTransport} first, then {@code
 * Endpoint} (one socket), then its stages: {@code HttpStage}, {@code HandshakeStage}, {@code
 * WebSocketLink}, {@code RefusalStage}, {@code LingeringClose}. Between socket and stages is a
 * {@code Wire}, with or without TLS. {@code Compression} is what links share to write their
 * messages, {@code Census} counts connections, and {@code Capacity} is what addresses share.
 */
package io.github.signalhub.jdkserver.internal.net;
