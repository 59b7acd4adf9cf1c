package io.github.signalhub.testkit.contract;

import io.github.signalhub.spi.Backbone;
import java.io.IOException;

/** The nodes of one hub on one engine, for one case of {@link BackboneContract}. Thread-safe. */
public interface BackboneHarness extends AutoCloseable {
  /**
   * Returns the backbone of a new node. It is not started.
   *
   * @param name a name of the node, for messages
   * @throws Exception if the engine could not be used
   */
  Backbone backbone(String name) throws Exception;

  /**
   * Returns how many publications the engine retains: at least 10,000, and about this many. Cases
   * publish more, so a small number makes them fast.
   */
  int retained();

  /**
   * Ends the engine, or removes the hub from it. All backbones are closed before.
   *
   * @throws IOException if that fails
   */
  @Override
  void close() throws IOException;
}
