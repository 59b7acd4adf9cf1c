package io.github.signalhub.examples.flow;

/** Where a flow is: the current run, or the outcome of the last one. */
public enum FlowState {
  /** Has not run since the program began. */
  IDLE,
  /** Runs now. */
  RUNNING,
  /** The last run succeeded and was booked. */
  FINISHED,
  /** The last run failed. */
  FAILED
}
