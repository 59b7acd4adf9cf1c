package io.github.signalhub.testkit.contract;

/** A harness that can let its engine fail. Thread-safe. */
public interface EngineHarness extends BackboneHarness {
  /**
   * Cuts the links of all nodes. They can connect again at once.
   *
   * @throws Exception if that fails
   */
  void cutLinks() throws Exception;

  /**
   * Ends the engine, as the end of its process does.
   *
   * @throws Exception if that fails
   */
  void stopEngine() throws Exception;

  /**
   * Starts the engine after {@link #stopEngine}. It may have lost everything, or a part.
   *
   * @throws Exception if that fails
   */
  void startEngine() throws Exception;

  /**
   * Lets the engine lose everything while it runs.
   *
   * @throws Exception if that fails
   */
  void loseEverything() throws Exception;
}
