package io.github.signalhub.testkit.contract;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A carrier that a {@link CarrierStart} has started. Immutable.
 *
 * @param address the address on which it listens
 * @param path the path of its WebSockets, such as {@code /ws}
 * @param page the path of an ordinary page of the same host that answers 200; without one, the
 *     cases try new handshakes instead
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
   * @param port its port on 127.0.0.1
   * @param path the path of its WebSockets
   * @param stop stops it
   */
  public RunningCarrier(int port, String path, Stop stop) {
    this(new InetSocketAddress("127.0.0.1", port), path, Optional.empty(), stop);
  }

  /** Returns this carrier, with an ordinary page of the same host. */
  public RunningCarrier withPage(String pagePath) {
    return new RunningCarrier(address, path, Optional.of(pagePath), stop);
  }

  /** Stops a carrier. */
  @FunctionalInterface
  public interface Stop {
    /**
     * Stops the carrier in good order. It refuses new handshakes with 503 and {@code Retry-After}.
     * Its clients get everything that was published, and then 1001. At the deadline it cuts the
     * remaining clients. The hub stays open. A second call does nothing. A call after the end of
     * the hub closes the platform alone.
     *
     * @param atMost the longest time that this may take
     * @throws Exception fails the case
     */
    void stop(Duration atMost) throws Exception;
  }
}
