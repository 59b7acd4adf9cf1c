/**
 * A server with one public port: WebSocket clients of a hub on one path, ordinary {@code
 * com.sun.net.httpserver} handlers on all others; with TLS if it is given a certificate.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.SignalServer} first. {@link
 * io.github.signalhub.admission.HandshakeHook} decides which clients are let in. How it is done is
 * in the packages below {@code internal}, {@code internal.server} first; they are not exported.
 */
package io.github.signalhub.jdkserver;
