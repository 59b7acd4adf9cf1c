package io.github.signalhub.testkit.contract;

import io.github.signalhub.Hub;
import io.github.signalhub.admission.Admission;
import io.github.signalhub.admission.HandshakeHook;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What one case wants of the carrier that it starts. Immutable.
 *
 * @param hub whose clients the carrier serves. It carries the limits of messages, such as {@link
 *     Hub#maxMessageBytes}
 * @param hook what decides who may connect
 * @param allowedOrigins origins of pages that may connect, besides those of the same host and port
 * @param timeouts the deadlines of each connection
 */
public record CarrierSettings(
    Hub hub, Optional<HandshakeHook> hook, List<String> allowedOrigins, Timeouts timeouts) {

  /** Checks that nothing is {@code null}. */
  public CarrierSettings {
    Objects.requireNonNull(hub, "hub");
    Objects.requireNonNull(hook, "hook");
    allowedOrigins = List.copyOf(allowedOrigins);
    Objects.requireNonNull(timeouts, "timeouts");
  }

  /**
   * Returns an admission with this hook and these origins. A carrier with options of its own for
   * both uses {@link #hook} and {@link #allowedOrigins} in its place.
   */
  public Admission admission() {
    Admission.Builder builder =
        Admission.builder().allowedOrigins(allowedOrigins.toArray(String[]::new));
    hook.ifPresent(builder::handshake);
    return builder.build();
  }

  /**
   * The deadlines of a connection.
   *
   * @param ping the silence after which a client is sent a ping
   * @param pong how long a client may take to answer a ping
   * @param write for how long a client may take nothing of what is to be sent
   * @param close how long a client may take to answer a close
   */
  public record Timeouts(Duration ping, Duration pong, Duration write, Duration close) {
    /** No case is as long as these. */
    static final Timeouts LONG =
        new Timeouts(
            Duration.ofMinutes(10),
            Duration.ofMinutes(10),
            Duration.ofMinutes(10),
            Duration.ofMinutes(10));
  }
}
