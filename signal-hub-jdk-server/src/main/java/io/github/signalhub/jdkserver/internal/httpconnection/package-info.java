/**
 * Connections that speak HTTP: requests on their way to handlers, and handshakes on their way to
 * WebSocket links.
 *
 * <p>Invariants: application code never runs on a loop. Every wait for a peer has a deadline. A
 * thread of the application that outlives its request cannot disturb a later request. {@code
 * internal.http} has the grammar of HTTP, and {@code internal.exchange} has the API of handlers.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.httpconnection.HttpStage} first. It hands a
 * connection to {@code ExchangePipes}, {@code HandshakeStage} or {@code RefusalStage}. All
 * connections share a {@link io.github.signalhub.jdkserver.internal.httpconnection.ServerContext}.
 */
package io.github.signalhub.jdkserver.internal.httpconnection;
