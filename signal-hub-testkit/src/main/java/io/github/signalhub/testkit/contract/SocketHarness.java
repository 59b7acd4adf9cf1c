package io.github.signalhub.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.Hub;
import io.github.signalhub.HubBuilder;
import io.github.signalhub.admission.ConnectRequest;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.admission.HandshakeHook;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.LinkTimeouts;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A carrier on a socket, and its clients. Settings have an effect until {@link #open}. */
final class SocketHarness implements TransportHarness {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final Duration NEVER = Duration.ofMinutes(10);

  /** Every time is longer than any case. */
  static final LinkTimeouts PATIENT =
      LinkTimeouts.NONE.withPing(NEVER, NEVER).withWrite(NEVER).withClose(NEVER);

  private final CarrierStart start;
  private final Duration patience;
  private final List<SocketPeer> peers = new CopyOnWriteArrayList<>();
  private final List<RawSocket> sockets = new CopyOnWriteArrayList<>();
  Optional<HandshakeHook> hook = Optional.of(SocketHarness::admit);
  List<String> allowedOrigins = List.of();
  LinkTimeouts timeouts = PATIENT;
  private Hub hub;
  private RunningCarrier carrier;

  SocketHarness(CarrierStart start, Duration patience) {
    this.start = start;
    this.patience = patience;
  }

  /** Grants every request of a client, so that the cases decide. */
  private static HandshakeDecision admit(ConnectRequest request) {
    HandshakeDecision decision = HandshakeDecision.accept().topics(request.topics());
    return request.parameter("user").map(decision::user).orElse(decision);
  }

  @Override
  public Hub open(HubBuilder options) throws Exception {
    hub = options.build();
    carrier = start.start(new CarrierSettings(hub, hook, allowedOrigins, timeouts));
    return hub;
  }

  void stop(Duration atMost) throws IOException {
    try {
      carrier.stop().stop(atMost);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("the carrier could not be stopped", e);
    }
  }

  /** Returns the host and port of the carrier, for the {@code Host} header. */
  String host() {
    return RawSocket.host(carrier.address());
  }

  RunningCarrier carrier() {
    return carrier;
  }

  @Override
  public SocketPeer connect(Handshake handshake) throws IOException {
    StringBuilder query = new StringBuilder("case=1");
    handshake.user().ifPresent(user -> add(query, "user", user));
    handshake.topics().forEach(topic -> add(query, "topic", topic));
    handshake.after().ifPresent(after -> add(query, "after", after));
    if (handshake.controlMessages()) {
      add(query, "signal-hub", "1");
    }
    return connect(query.toString(), 0);
  }

  private static void add(StringBuilder query, String name, String value) {
    query.append('&').append(name).append('=').append(URLEncoder.encode(value, UTF_8));
  }

  /** Connects a peer with buffers of this size, 0 for the system's. */
  SocketPeer connect(String query, int bufferBytes) throws IOException {
    SocketPeer peer = new SocketPeer(connectRaw(query, bufferBytes));
    peers.add(peer);
    return peer;
  }

  /** Connects a client that does nothing on its own. */
  RawSocket connectRaw(String query, int bufferBytes) throws IOException {
    RawSocket socket = socket(bufferBytes);
    int status = socket.handshake(target(query)).status();
    if (status != 101) {
      throw new IOException("the handshake was refused with " + status);
    }
    return socket;
  }

  /** Returns the answer to a handshake, with further header lines, and closes the connection. */
  RawSocket.Answer handshake(String query, String... lines) throws IOException {
    try (RawSocket socket = socket(0)) { // an open connection would delay a stop
      return socket.handshake(target(query), lines);
    }
  }

  /** Returns the answer to a request for an ordinary page. */
  RawSocket.Answer request(String path) throws IOException {
    try (RawSocket socket = socket(0)) {
      return socket.request(path, "Connection: close");
    }
  }

  RawSocket socket(int bufferBytes) throws IOException {
    RawSocket socket = new RawSocket(carrier.address(), bufferBytes, patience);
    sockets.add(socket);
    return socket;
  }

  String target(String query) {
    return query.isEmpty() ? carrier.path() : carrier.path() + "?" + query;
  }

  @Override
  public void await(BooleanSupplier condition) throws InterruptedException {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean() && System.nanoTime() - begin < patience.toNanos()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      if (carrier != null) {
        stop(Duration.ZERO);
      }
    } finally {
      if (hub != null) {
        hub.close(Duration.ZERO);
      }
      for (RawSocket socket : sockets) {
        socket.close();
      }
    }
    for (SocketPeer peer : peers) {
      Optional<String> fault = peer.fault();
      if (fault.isPresent()) {
        throw new AssertionError(fault.get() + ". Clients end such a connection.");
      }
    }
  }
}
