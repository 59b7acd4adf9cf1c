package io.github.signalhub.internal.presence;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Calls an audience of differences, one call after the other. A difference that is over before its
 * call is due can be taken back. So the calls that wait are bounded by what can differ.
 *
 * <p>The owner's lock guards the differences. {@link #announce} is called without it, because an
 * executor may call the audience on the calling thread. Thread-safe.
 *
 * @param <T> what can differ
 */
public final class Announcer<T> {
  private final Object lock;
  private final Executor executor;
  private final Presence.Audience audience;
  private final Function<? super T, ? extends Runnable> telling;

  // guarded by the lock
  private final Set<T> untold = new LinkedHashSet<>();
  private boolean announcing;

  /**
   * Creates an announcer without differences.
   *
   * @param lock guards the differences
   * @param executor runs the calls
   * @param audience is told if the executor refuses
   * @param telling makes the call of a difference that was taken; called under the lock
   */
  public Announcer(
      Object lock,
      Executor executor,
      Presence.Audience audience,
      Function<? super T, ? extends Runnable> telling) {
    this.lock = lock;
    this.executor = executor;
    this.audience = audience;
    this.telling = telling;
  }

  /** Adds a difference, unless it waits already. To be called under the lock. */
  public void add(T one) {
    untold.add(one);
  }

  /** Takes a difference back. Returns whether it waited. To be called under the lock. */
  public boolean remove(T one) {
    return untold.remove(one);
  }

  /** Returns whether a difference waits. To be called under the lock. */
  public boolean contains(T one) {
    return untold.contains(one);
  }

  /** Takes all differences back. To be called under the lock. */
  public void clear() {
    untold.clear();
  }

  /** Calls the audience of all differences. To be called without the lock. */
  public void announce() {
    synchronized (lock) {
      if (announcing || untold.isEmpty()) {
        return;
      }
      announcing = true;
    }
    try {
      executor.execute(this::tell);
    } catch (Throwable e) { // not only rejections: such as no memory for a thread
      synchronized (lock) {
        announcing = false;
      }
      audience.failed("No calls about presence: the executor refuses", e);
    }
  }

  private void tell() {
    for (Runnable call = next(); call != null; call = next()) {
      call.run();
    }
  }

  private Runnable next() {
    synchronized (lock) {
      Iterator<T> next = untold.iterator();
      announcing = next.hasNext();
      if (!announcing) {
        return null;
      }
      T one = next.next();
      next.remove();
      return telling.apply(one);
    }
  }
}
