/**
 * The servers that {@code race} compares, each with a {@code main} for a process of its own. Each
 * listens on a free loopback port, and prints it as the last word of its first line.
 *
 * <p>A server of WebSockets takes clients on {@code /ws}, and sends each text of a client to all
 * clients. With the argument {@code tls=FILE} it has TLS. A server of HTTP answers {@code POST
 * /echo} with the body of the request. Nothing here is tuned: each server is what a user gets from
 * the examples of its library, with TCP_NODELAY.
 */
package io.github.signalhub.benchmarks.servers;
