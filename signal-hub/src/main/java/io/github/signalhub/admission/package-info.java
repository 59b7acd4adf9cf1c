/**
 * Decides which clients a carrier lets in: one answer for every carrier, be it the server of this
 * library or an adapter for another one.
 *
 * <p>A carrier fills an {@link io.github.signalhub.admission.AdmissionRequest} with what its client
 * sent, and asks {@link io.github.signalhub.admission.Admission#admit}. It gets a status with a
 * text, or a handshake with which it registers the client. The application decides by its {@link
 * io.github.signalhub.admission.HandshakeHook}.
 *
 * <p>Invariant: nothing here knows a platform, a socket or a thread. The rules of WebSocket (RFC
 * 6455 §4.2) are the platform's. Imported are {@code internal.admission}, {@code internal.logger}
 * and {@code spi}.
 *
 * <p>Read {@link io.github.signalhub.admission.Admission} first.
 */
package io.github.signalhub.admission;
