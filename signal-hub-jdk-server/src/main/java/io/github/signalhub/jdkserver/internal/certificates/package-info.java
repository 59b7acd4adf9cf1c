/**
 * Certificates and keys in PEM files: they are read, checked, and read again when the files change.
 *
 * <p>Invariants: a certificate and a key that do not belong together are never used. This room
 * opens no socket, and starts no thread. Its methods wait for the file system, so a loop never
 * calls them.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.certificates.CurrentCertificates} first.
 */
package io.github.signalhub.jdkserver.internal.certificates;
