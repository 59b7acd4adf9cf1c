package io.github.signalhub.testkit.contract;

import io.github.signalhub.Hub;
import io.github.signalhub.admission.Admission;
import io.github.signalhub.admission.HandshakeHook;
import io.github.signalhub.spi.LinkTimeouts;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The settings of the carrier that one case starts. Immutable.
 *
 * @param hub the hub whose clients the carrier serves. It has the limits of messages, such as
 *     {@link Hub#maxMessageBytes}
 * @param hook the hook that decides which clients may connect
 * @param allowedOrigins origins whose pages may connect, besides the carrier's own origin
 * @param timeouts the deadlines of each connection
 */
public record CarrierSettings(
    Hub hub, Optional<HandshakeHook> hook, List<String> allowedOrigins, LinkTimeouts timeouts) {

  /** Checks that nothing is {@code null}. */
  public CarrierSettings {
    Objects.requireNonNull(hub, "hub");
    Objects.requireNonNull(hook, "hook");
    allowedOrigins = List.copyOf(allowedOrigins);
    Objects.requireNonNull(timeouts, "timeouts");
  }

  /**
   * Returns an admission with this hook and these origins, for a carrier that listens on a loopback
   * address. A carrier with options of its own uses {@link #hook} and {@link #allowedOrigins}.
   */
  public Admission admission() {
    Admission.Builder builder =
        Admission.builder()
            .bindAddress(InetAddress.getLoopbackAddress())
            .allowedOrigins(allowedOrigins.toArray(String[]::new));
    hook.ifPresent(builder::handshake);
    return builder.build();
  }
}
