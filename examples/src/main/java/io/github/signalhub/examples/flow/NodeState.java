package io.github.signalhub.examples.flow;

/** The state of a node within the current run, or at the end of the last one. */
public enum NodeState {
  /** The node has not begun. */
  IDLE,
  /** The node has begun. The state includes its retries and the waits between them. */
  RUNNING,
  /** The node has done its work. */
  DONE,
  /** The node has given up. */
  FAILED
}
