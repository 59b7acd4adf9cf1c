package io.github.signalhub.testkit.contract;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A carrier that a {@link CarrierStart} has started. Immutable.
 *
 * @param address where it listens
 * @param path of its WebSockets, such as {@code /ws}
 * @param page the path of an ordinary page of the same host, which is answered with 200; if there
 *     is none, new handshakes are tried in its place
 * @param stop stops it
 */
public record RunningCarrier(
    InetSocketAddress address, String path, Optional<String> page, Stop stop) {

  /** Checks that nothing is {@code null}. */
  public RunningCarrier {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(page, "page");
    Objects.requireNonNull(stop, "stop");
  }

  /**
   * A carrier without ordinary pages.
   *
   * @param port where it listens, on 127.0.0.1
   * @param path of its WebSockets
   * @param stop stops it
   */
  public RunningCarrier(int port, String path, Stop stop) {
    this(new InetSocketAddress("127.0.0.1", port), path, Optional.empty(), stop);
  }

  /** Returns this carrier, with an ordinary page of the same host. */
  public RunningCarrier withPage(String pagePath) {
    return new RunningCarrier(address, path, Optional.of(pagePath), stop);
  }

  /** How a carrier is stopped. */
  @FunctionalInterface
  public interface Stop {
    /**
     * Stops the carrier in good order. It refuses new handshakes with 503 and {@code Retry-After}.
     * Its clients get everything that was published, and then 1001. It cuts those that are left at
     * the deadline. The hub stays open. The second call does nothing, nor does one after the hub
     * was closed.
     *
     * @param atMost how long this may take
     * @throws Exception fails the case
     */
    void stop(Duration atMost) throws Exception;
  }
}
