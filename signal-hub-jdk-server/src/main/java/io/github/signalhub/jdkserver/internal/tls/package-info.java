/**
 * TLS over a socket of the room {@code socket}.
 *
 * <p>Invariants: long computing runs on threads of its own, never on a loop. An idle connection
 * holds no buffer. This room knows no stage and no protocol above TLS.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.tls.TlsSocket} first.
 */
package io.github.signalhub.jdkserver.internal.tls;
