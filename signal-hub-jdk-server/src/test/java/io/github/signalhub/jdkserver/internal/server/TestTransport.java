package io.github.signalhub.jdkserver.internal.server;

import io.github.signalhub.admission.Admission;
import io.github.signalhub.jdkserver.internal.capacity.HandlerLimits;
import io.github.signalhub.jdkserver.internal.capacity.PeerLimits;
import io.github.signalhub.jdkserver.internal.capacity.ServerThreads;
import io.github.signalhub.jdkserver.internal.http.HttpLimits;
import io.github.signalhub.jdkserver.internal.httpconnection.HttpOptions;
import io.github.signalhub.jdkserver.internal.link.LinkOptions;
import io.github.signalhub.jdkserver.internal.socket.SocketOptions;
import io.github.signalhub.jdkserver.internal.ws.PermessageDeflate;
import io.github.signalhub.jdkserver.internal.ws.WebSocketLimits;
import io.github.signalhub.spi.LinkTimeouts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import javax.net.ssl.SSLContext;

/** A transport on a free port. Its timeouts are longer than a test. */
final class TestTransport {
  private TestTransport() {}

  private static final Duration LONG = Duration.ofMinutes(5);

  static NioTransport create() {
    return create(LONG);
  }

  static NioTransport create(Duration writeTimeout) {
    return create(writeTimeout, Optional.empty(), PeerLimits.DEFAULT);
  }

  static NioTransport create(Optional<SSLContext> tls, PeerLimits peers) {
    return create(LONG, tls, peers);
  }

  private static NioTransport create(
      Duration writeTimeout, Optional<SSLContext> tls, PeerLimits peers) {
    return new NioTransport(
        new TransportOptions(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            tls,
            Optional.empty(),
            2,
            peers,
            false,
            new SocketOptions(writeTimeout, 128 << 10),
            new HttpOptions(
                Set.of("/ws"),
                Admission.builder().build(),
                HttpLimits.DEFAULT,
                new HandlerLimits(8, 64 << 10, 256 << 10, 1 << 20, OptionalInt.empty()),
                1024,
                new HttpOptions.Timeouts(LONG, LONG, LONG)),
            new LinkOptions(
                WebSocketLimits.DEFAULT,
                LinkTimeouts.NONE.withPing(LONG, LONG).withClose(LONG),
                1024,
                16 << 20,
                OptionalInt.of(PermessageDeflate.DEFAULT_THRESHOLD_BYTES),
                1 << 20)),
        new ServerThreads(Optional.of(Runnable::run), Optional.of(Runnable::run)));
  }
}
