package io.github.signalhub.examples.flow;

import io.github.signalhub.flow.FlowStatus;

/** What an engine tells about its flows. */
public interface FlowListener {
  /**
   * A flow or a node changed. Called in the order of the changes, under the engine's lock: must
   * return quickly and never wait. Broadcasting through a hub qualifies.
   */
  void statusChanged(FlowStatus status);

  /** The number of waiting runs changed; called like {@link #statusChanged}. */
  void queueChanged(long flowId, int queued);

  /**
   * All nodes of a run are done. Called on a worker without the lock, before the flow is said to be
   * finished, and may block.
   *
   * @throws Exception if the run cannot be accounted for; it has then failed
   */
  void completed(RunReport report) throws Exception;
}
