package io.github.signalhub;

/** Removes a listener from its hub. Thread-safe. */
public interface ListenerHandle {
  /**
   * Removes the listener. A call that has begun goes on; none begins after this. Does nothing if
   * the listener was removed already.
   */
  void remove();
}
