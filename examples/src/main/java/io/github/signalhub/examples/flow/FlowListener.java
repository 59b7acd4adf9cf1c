package io.github.signalhub.examples.flow;

import io.github.signalhub.flow.FlowStatus;

/** Receives the events of an engine. */
public interface FlowListener {
  /**
   * Called after a change of a flow or a node, in the order of the changes. The engine holds its
   * lock, so the method must return quickly and never wait. It may broadcast through a hub.
   */
  void statusChanged(FlowStatus status);

  /** Called after a change of the number of waiting runs, like {@link #statusChanged}. */
  void queueChanged(long flowId, int queued);

  /**
   * Called when all nodes of a run are done, before the flow becomes finished. The engine calls it
   * on a worker without the lock. It may block.
   *
   * @throws Exception if the run cannot be accounted for; the run then fails
   */
  void completed(RunReport report) throws Exception;
}
