package io.github.signalhub.testkit.contract;

import io.github.signalhub.Hub;
import io.github.signalhub.HubBuilder;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/** One transport, prepared for one case of {@link TransportContract}. Used by one thread. */
public interface TransportHarness extends AutoCloseable {
  /**
   * Returns a hub with these options and the transport attached. Called once, before all other
   * methods.
   *
   * @throws Exception if the transport could not be opened
   */
  Hub open(HubBuilder options) throws Exception;

  /**
   * Connects a peer with this handshake. The hub may learn of it after this call.
   *
   * @throws IOException if the connection was refused
   */
  Peer connect(Handshake handshake) throws IOException;

  /**
   * Waits until a condition holds, and lets the transport work meanwhile. Returns after about 30
   * seconds, even if the condition does not hold.
   *
   * @throws InterruptedException if the thread was interrupted
   */
  void await(BooleanSupplier condition) throws InterruptedException;

  /**
   * Ends the hub, the transport and all peers.
   *
   * @throws IOException if the transport could not be stopped
   */
  @Override
  void close() throws IOException;
}
