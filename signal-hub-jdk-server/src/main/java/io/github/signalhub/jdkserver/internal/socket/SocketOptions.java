package io.github.signalhub.jdkserver.internal.socket;

import java.time.Duration;

/**
 * The options of all sockets. Immutable.
 *
 * @param writeTimeout how long a peer may take no byte of what is written
 * @param sendBufferBytes how much the system holds of what one connection is sent
 */
public record SocketOptions(Duration writeTimeout, int sendBufferBytes) {}
