package io.github.signalhub.examples.flow;

/** Where a node is within the current run, or was at the end of the last one. */
public enum NodeState {
  /** Has not begun. */
  IDLE,
  /** Has begun; covers its retries and the waits between them. */
  RUNNING,
  /** Has done its work. */
  DONE,
  /** Has given up. */
  FAILED
}
