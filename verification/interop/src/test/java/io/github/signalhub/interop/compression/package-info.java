/**
 * Popular clients with compression on. They differ in the answers that they accept, and in the back
 * references that they make.
 *
 * <p>Read {@code CompressingClientsIT} first. {@code CompressingClient} is the common part.
 */
package io.github.signalhub.interop.compression;
