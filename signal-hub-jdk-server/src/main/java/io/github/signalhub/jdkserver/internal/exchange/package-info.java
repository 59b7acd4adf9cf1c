/**
 * Runs ordinary {@code com.sun.net.httpserver} handlers and filters on connections of this server.
 * It has subclasses of that API's public abstract classes, over blocking streams.
 *
 * <p>Invariant: nothing here knows a socket, a loop or a clock. An exchange sees its connection as
 * an {@link io.github.signalhub.jdkserver.internal.exchange.ExchangeChannel}, which limits the
 * buffers in either direction. Application code runs on a handler's thread, never on a loop. This
 * room imports {@code internal.http} and the logger alone.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.exchange.HubHttpServer} first, then {@link
 * io.github.signalhub.jdkserver.internal.exchange.ResponseBody}, which has every way in which an
 * exchange ends.
 */
package io.github.signalhub.jdkserver.internal.exchange;
