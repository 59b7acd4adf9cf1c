package io.github.signalhub.testkit.contract;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** A carrier that a {@link CarrierStart} has started. Immutable. */
public final class RunningCarrier {
  private final InetSocketAddress address;
  private final String path;
  private final Optional<String> page;
  private final Stop stop;

  private RunningCarrier(InetSocketAddress address, String path, Optional<String> page, Stop stop) {
    this.address = Objects.requireNonNull(address, "address");
    this.path = Objects.requireNonNull(path, "path");
    this.page = page;
    this.stop = Objects.requireNonNull(stop, "stop");
  }

  /**
   * Describes a carrier without ordinary pages.
   *
   * @param address the address on which it listens
   * @param path the path of its WebSockets, such as {@code /ws}
   * @param stop stops it
   */
  public RunningCarrier(InetSocketAddress address, String path, Stop stop) {
    this(address, path, Optional.empty(), stop);
  }

  /**
   * Describes a carrier without ordinary pages.
   *
   * @param port its port on 127.0.0.1
   * @param path the path of its WebSockets, such as {@code /ws}
   * @param stop stops it
   */
  public RunningCarrier(int port, String path, Stop stop) {
    this(new InetSocketAddress("127.0.0.1", port), path, stop);
  }

  /**
   * Returns this carrier, with an ordinary page of the same host. Without one, the cases try new
   * handshakes instead.
   *
   * @param page the path of a page that answers 200
   */
  public RunningCarrier withPage(String page) {
    return new RunningCarrier(
        address, path, Optional.of(Objects.requireNonNull(page, "page")), stop);
  }

  /** Returns the address on which it listens. */
  public InetSocketAddress address() {
    return address;
  }

  /** Returns the path of its WebSockets. */
  public String path() {
    return path;
  }

  /** Returns the path of an ordinary page; empty if there is none. */
  public Optional<String> page() {
    return page;
  }

  /** Returns what stops it. */
  public Stop stop() {
    return stop;
  }

  /** Returns the address and the path. */
  @Override
  public String toString() {
    return "RunningCarrier[address=" + address + ", path=" + path + "]";
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
