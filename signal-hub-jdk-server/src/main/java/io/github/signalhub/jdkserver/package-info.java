/**
 * A server with one public port: WebSocket clients of a hub on one path, ordinary {@code
 * com.sun.net.httpserver} handlers on all others. With a certificate, it uses TLS.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.SignalServer} first. {@link
 * io.github.signalhub.admission.HandshakeHook} decides which clients are let in. The packages below
 * {@code internal} are not exported. Of these, read {@code internal.server} first.
 */
@NullMarked
package io.github.signalhub.jdkserver;

import org.jspecify.annotations.NullMarked;
