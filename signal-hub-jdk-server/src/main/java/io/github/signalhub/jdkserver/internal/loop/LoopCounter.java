package io.github.signalhub.jdkserver.internal.loop;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A number to which one loop adds, and which any thread reads. As there is one writer, adding takes
 * no atomic instruction.
 *
 * <p>{@link #add} is confined to the loop. {@link #get} is thread-safe.
 */
public final class LoopCounter {
  private final AtomicLong value = new AtomicLong();

  /** Adds to the number. */
  public void add(long more) {
    value.setOpaque(value.getPlain() + more);
  }

  /** Returns the number. */
  public long get() {
    return value.getOpaque();
  }
}
