/**
 * Clients that people use, with compression on. Each has its own ideas of what may be answered to
 * its offer and of what it may refer back to.
 *
 * <p>Read {@code CompressingClientsIT} first; {@code CompressingClient} is what they have in
 * common.
 */
package io.github.signalhub.interop.compression;
