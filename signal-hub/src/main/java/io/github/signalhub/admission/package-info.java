/**
 * Decides which clients may connect, in the same way for every carrier: the server of this library,
 * and adapters for others.
 *
 * <p>A carrier copies its client's request into an {@link
 * io.github.signalhub.admission.AdmissionRequest}, and asks {@link
 * io.github.signalhub.admission.Admission#admit}. It gets a status with a text, or a handshake with
 * which it registers the client. The application decides by its {@link
 * io.github.signalhub.admission.HandshakeHook}.
 *
 * <p>Invariant: nothing here knows a platform, a socket or a thread. The rules of WebSocket (RFC
 * 6455 §4.2) are the platform's. It imports {@code internal.admission}, {@code internal.logger} and
 * {@code spi}.
 *
 * <p>Read {@link io.github.signalhub.admission.Admission} first.
 */
@NullMarked
package io.github.signalhub.admission;

import org.jspecify.annotations.NullMarked;
