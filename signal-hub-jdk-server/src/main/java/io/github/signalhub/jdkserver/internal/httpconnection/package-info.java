/**
 * Connections that speak HTTP: requests on their way to handlers, and handshakes on their way to
 * WebSocket links.
 *
 * <p>Invariants: application code never runs on a loop. Every wait for a peer has a deadline. A
 * thread that the application left behind cannot disturb a later request. The grammar of HTTP is in
 * {@code internal.http}, and what a handler sees is in {@code internal.exchange}.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.httpconnection.HttpStage} first. It hands a
 * connection to {@code ExchangePipes}, {@code HandshakeStage} or {@code RefusalStage}. {@link
 * io.github.signalhub.jdkserver.internal.httpconnection.ServerContext} is what all connections
 * share.
 */
package io.github.signalhub.jdkserver.internal.httpconnection;
