package io.github.signalhub.examples.flow;

/** The work of a node. It runs on a worker thread of the engine and may block it. */
@FunctionalInterface
public interface Work {
  /**
   * Does the work once.
   *
   * @param attempt the number of the attempt, from 1; all earlier attempts of this run have failed
   * @throws Exception if this attempt failed; the engine retries as the node's {@link Retry} says
   * @throws InterruptedException if the engine is closing
   */
  void perform(int attempt) throws Exception;
}
