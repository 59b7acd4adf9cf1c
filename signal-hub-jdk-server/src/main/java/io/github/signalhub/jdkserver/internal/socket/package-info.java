/**
 * Sockets on event loops: the listening one, and accepted ones with the stage that gives their
 * bytes a meaning.
 *
 * <p>Invariants: only its loop touches the state of a connection. Another thread gives a task to
 * that loop. An exception of a stage ends its connection and nothing else. This room knows neither
 * HTTP nor WebSocket nor TLS.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.socket.SocketConnection} first, then {@link
 * io.github.signalhub.jdkserver.internal.socket.ConnectionStage}.
 */
package io.github.signalhub.jdkserver.internal.socket;
