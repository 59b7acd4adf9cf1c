package io.github.signalhub.examples.flow;

/** The result of a request to run a flow. */
public sealed interface StartResult {
  /**
   * The run begins now or waits for its turn.
   *
   * @param runId its number, unique while the program runs
   */
  record Accepted(long runId) implements StartResult {}

  /** There is no such flow. */
  record UnknownFlow() implements StartResult {}

  /** {@value FlowEngine#MAX_QUEUED_RUNS} runs of this flow wait already. */
  record QueueFull() implements StartResult {}

  /**
   * The flow runs on another node already, and is not run by two at a time.
   *
   * @param node the name of the node
   */
  record Elsewhere(String node) implements StartResult {}

  /** The engine is closed. */
  record Closed() implements StartResult {}
}
