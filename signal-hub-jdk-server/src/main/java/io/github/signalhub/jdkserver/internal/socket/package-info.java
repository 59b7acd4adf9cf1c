/**
 * Sockets on event loops: the listening one, and accepted ones with the stage that gives their
 * bytes a meaning.
 *
 * <p>Invariants: the state of a connection is touched by its loop alone. What another thread wants
 * is a task of that loop. Whatever a stage throws ends its connection and nothing else. This room
 * knows neither HTTP nor WebSocket nor TLS.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.socket.SocketConnection} first, then {@link
 * io.github.signalhub.jdkserver.internal.socket.ConnectionStage}.
 */
package io.github.signalhub.jdkserver.internal.socket;
