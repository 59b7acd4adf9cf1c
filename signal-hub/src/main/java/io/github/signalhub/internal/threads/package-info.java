/**
 * The threads that the hub and the server make for code of the application and for long work.
 *
 * <p>Invariant: no thread of this room keeps a program running. This room imports no other.
 *
 * <p>Read {@link io.github.signalhub.internal.threads.DaemonThreads} first.
 */
package io.github.signalhub.internal.threads;
