/**
 * Runs ordinary {@code com.sun.net.httpserver} handlers and filters on this server's own
 * connections: our subclasses of that API's public abstract classes, over blocking streams.
 *
 * <p>Invariant: nothing here knows a socket, a loop or a clock. An exchange sees its connection as
 * an {@link io.github.signalhub.jdkserver.internal.exchange.ExchangeChannel}, which bounds what is
 * buffered either way. Application code runs on a handler thread, never on a loop. The only package
 * of this library that is imported here is {@code internal.http}.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.exchange.HubHttpServer} first, then {@link
 * io.github.signalhub.jdkserver.internal.exchange.ResponseBody}: it names every way in which an
 * exchange ends.
 */
package io.github.signalhub.jdkserver.internal.exchange;
