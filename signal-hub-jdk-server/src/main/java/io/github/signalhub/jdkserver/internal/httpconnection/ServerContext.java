package io.github.signalhub.jdkserver.internal.httpconnection;

import io.github.signalhub.jdkserver.internal.capacity.Capacity;
import io.github.signalhub.jdkserver.internal.capacity.ConnectionPermits;
import io.github.signalhub.jdkserver.internal.exchange.HubHttpServer;
import io.github.signalhub.jdkserver.internal.link.LinkContext;
import io.github.signalhub.spi.Transport;

/**
 * The things that all connections of a server share. Thread-safe.
 *
 * @param options of HTTP connections
 * @param http the contexts of handlers
 * @param transport tells whether handshakes are accepted
 * @param capacity threads, places and memory
 * @param permits count the connections
 * @param clock for Date fields
 * @param links the things that all WebSocket links share
 */
public record ServerContext(
    HttpOptions options,
    HubHttpServer http,
    Transport transport,
    Capacity capacity,
    ConnectionPermits permits,
    HttpClock clock,
    LinkContext links) {}
