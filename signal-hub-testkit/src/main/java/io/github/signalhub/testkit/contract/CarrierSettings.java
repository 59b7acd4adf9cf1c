package io.github.signalhub.testkit.contract;

import io.github.signalhub.Hub;
import io.github.signalhub.admission.Admission;
import io.github.signalhub.admission.HandshakeHook;
import io.github.signalhub.spi.LinkTimeouts;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The settings of the carrier that one case starts. Immutable. */
public final class CarrierSettings {
  private final Hub hub;
  private final Optional<HandshakeHook> hook;
  private final List<String> allowedOrigins;
  private final LinkTimeouts timeouts;

  CarrierSettings(
      Hub hub, Optional<HandshakeHook> hook, List<String> allowedOrigins, LinkTimeouts timeouts) {
    this.hub = Objects.requireNonNull(hub, "hub");
    this.hook = Objects.requireNonNull(hook, "hook");
    this.allowedOrigins = List.copyOf(allowedOrigins);
    this.timeouts = Objects.requireNonNull(timeouts, "timeouts");
  }

  /**
   * Returns the hub whose clients the carrier serves. It has the limits of messages, such as {@link
   * Hub#maxClientMessageBytes}.
   */
  public Hub hub() {
    return hub;
  }

  /** Returns the hook that decides which clients may connect; empty: all may. */
  public Optional<HandshakeHook> hook() {
    return hook;
  }

  /** Returns origins whose pages may connect, besides the carrier's own origin. */
  public List<String> allowedOrigins() {
    return allowedOrigins;
  }

  /** Returns the deadlines of each connection. */
  public LinkTimeouts timeouts() {
    return timeouts;
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
