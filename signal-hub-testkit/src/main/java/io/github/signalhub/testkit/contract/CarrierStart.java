package io.github.signalhub.testkit.contract;

/** Starts a carrier for one case. The author of a carrier writes this. */
@FunctionalInterface
public interface CarrierStart {
  /**
   * Starts a carrier that accepts WebSocket handshakes, on a loopback address.
   *
   * @param settings what the case wants of it
   * @return where the carrier listens, and how it is stopped
   * @throws Exception fails the case
   */
  RunningCarrier start(CarrierSettings settings) throws Exception;
}
