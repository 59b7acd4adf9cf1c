package io.github.signalhub.examples.flow;

/** The state of a flow's current run, or the outcome of its last one. */
public enum FlowState {
  /** The flow has not run since the program began. */
  IDLE,
  /** The flow runs now. */
  RUNNING,
  /** The last run succeeded and was booked. */
  FINISHED,
  /** The last run failed. */
  FAILED
}
