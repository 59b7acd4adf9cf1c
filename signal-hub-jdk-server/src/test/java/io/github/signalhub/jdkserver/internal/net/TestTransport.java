package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.jdkserver.internal.exchange.HubHttpServer;
import io.github.signalhub.jdkserver.internal.http.HttpLimits;
import io.github.signalhub.jdkserver.internal.ws.OriginPolicy;
import io.github.signalhub.jdkserver.internal.ws.PermessageDeflate;
import io.github.signalhub.jdkserver.internal.ws.WebSocketLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import javax.net.ssl.SSLContext;

/** A transport on a free port, with short timeouts. */
final class TestTransport {
  private TestTransport() {}

  static NioTransport create() {
    return create(Optional.empty(), PeerLimits.DEFAULT);
  }

  static NioTransport create(Optional<SSLContext> tls, PeerLimits peers) {
    return new NioTransport(
        new NetOptions(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Set.of("/ws"),
            Set.of(),
            2,
            8,
            1024,
            HttpLimits.DEFAULT,
            WebSocketLimits.DEFAULT,
            16 << 20,
            OriginPolicy.sameOrigin(),
            new NetOptions.Timeouts(
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5)),
            OptionalInt.of(PermessageDeflate.DEFAULT_THRESHOLD_BYTES),
            tls,
            peers),
        new HubHttpServer(() -> null, Runnable::run),
        Optional.empty(),
        Runnable::run);
  }
}
