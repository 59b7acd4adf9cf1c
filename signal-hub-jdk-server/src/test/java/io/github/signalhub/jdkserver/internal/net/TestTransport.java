package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.admission.Admission;
import io.github.signalhub.jdkserver.internal.exchange.HubHttpServer;
import io.github.signalhub.jdkserver.internal.http.HttpLimits;
import io.github.signalhub.jdkserver.internal.ws.PermessageDeflate;
import io.github.signalhub.jdkserver.internal.ws.WebSocketLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import javax.net.ssl.SSLContext;

/** A transport on a free port; its timeouts are longer than a test. */
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
        new NetOptions(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Set.of("/ws"),
            2,
            8,
            1024,
            HttpLimits.DEFAULT,
            WebSocketLimits.DEFAULT,
            16 << 20,
            Admission.builder().build(),
            new NetOptions.Timeouts(LONG, LONG, LONG, LONG, LONG, writeTimeout, LONG),
            OptionalInt.of(PermessageDeflate.DEFAULT_THRESHOLD_BYTES),
            1 << 20,
            tls,
            peers,
            HandlerLimits.ofHeap(64 << 10, 256 << 10, OptionalInt.empty()),
            1024,
            128 << 10),
        new HubHttpServer(() -> null, Runnable::run, tls),
        new ServerThreads(Optional.of(Runnable::run), Optional.of(Runnable::run)));
  }
}
