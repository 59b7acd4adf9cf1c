/**
 * Event loops: one thread each, which looks after many sockets, timers and tasks.
 *
 * <p>Invariants: nothing that a socket, a timer or a task throws ends a loop. No task waits. This
 * room knows no connection and no protocol.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.loop.NioLoop} first.
 */
package io.github.signalhub.jdkserver.internal.loop;
