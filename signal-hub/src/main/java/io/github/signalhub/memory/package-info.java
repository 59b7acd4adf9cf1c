/**
 * A transport without sockets, threads and time: clients in the same program, for tests of whatever
 * is built on a hub. Everything happens when the test says so, so it happens in the same order
 * every time.
 *
 * <p>Start with {@link io.github.signalhub.memory.MemoryTransport}. Imports {@code spi} alone.
 */
@NullMarked
package io.github.signalhub.memory;

import org.jspecify.annotations.NullMarked;
