package io.github.signalhub.contract;

import io.github.signalhub.Hub;
import io.github.signalhub.HubBuilder;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/** One transport, made ready for one test of the contract. Used by one thread. */
public interface TransportHarness extends AutoCloseable {
  /** Returns a hub with these options and the transport attached. Called once, first of all. */
  Hub open(HubBuilder options) throws Exception;

  /**
   * Connects a peer that the hub will know by this handshake. The hub may learn of it after this
   * call.
   *
   * @throws IOException if the connection was refused
   */
  Peer connect(Handshake handshake) throws IOException;

  /**
   * Waits until a condition holds, giving the transport the time that it needs; returns early, with
   * the condition not met, after about ten seconds.
   */
  void await(BooleanSupplier condition) throws InterruptedException;

  /** Ends the hub, the transport and all peers. */
  @Override
  void close() throws IOException;
}
