package io.github.signalhub.testkit.contract;

/** Starts a carrier for one case. The author of a carrier writes this. */
@FunctionalInterface
public interface CarrierStart {
  /**
   * Starts a carrier that accepts WebSocket handshakes, on a loopback address.
   *
   * @param settings the settings of the case
   * @return the carrier's address and a way to stop it
   * @throws Exception fails the case
   */
  RunningCarrier start(CarrierSettings settings) throws Exception;
}
