package io.github.signalhub.internal.session;

import io.github.signalhub.spi.Loop;

/** The part that gives the messages of a hub their order, as sessions see it. Thread-safe. */
public interface Upstream {
  /** That of a hub that is alone: every message is in its log at once. */
  Upstream NONE =
      new Upstream() {
        @Override
        public boolean isCurrent() {
          return true;
        }

        @Override
        public boolean mayBeAhead() {
          return false;
        }

        @Override
        public void whenReached(Loop loop, Runnable then, Runnable late) {
          then.run();
        }
      };

  /** Returns whether the log has had everything a moment ago, so that clients may be told so. */
  boolean isCurrent();

  /** Returns whether there may be messages that the log does not have yet. */
  boolean mayBeAhead();

  /**
   * Runs a task on a loop when the log has everything that there was at this call. Called on the
   * loop.
   *
   * @param late runs instead if that is not known to be so after two seconds
   */
  void whenReached(Loop loop, Runnable then, Runnable late);
}
