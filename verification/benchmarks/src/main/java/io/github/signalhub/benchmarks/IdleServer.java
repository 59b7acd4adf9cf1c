package io.github.signalhub.benchmarks;

import io.github.signalhub.Hub;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.jdkserver.SignalServer;
import io.github.signalhub.jdkserver.SignalServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;

/**
 * A hub with its defaults, for {@link IdleClients}. It grants all topics that a client asks for.
 * Its pings come so seldom that none comes during a measurement. It ends with its input.
 */
final class IdleServer {
  private IdleServer() {}

  /** Starts the server, with TLS if the argument is {@code --tls}, and prints its port. */
  public static void main(String[] args) throws IOException, GeneralSecurityException {
    SignalServerBuilder builder =
        SignalServer.builder(Hub.create())
            .bindAddress(InetAddress.getLoopbackAddress())
            .port(0)
            .handshake(request -> HandshakeDecision.accept().topics(request.topics()))
            .pingInterval(Duration.ofHours(1));
    if (List.of(args).contains("--tls")) {
      builder.tls(SelfSigned.context());
    }
    System.out.println(builder.start().port());
    while (System.in.read() >= 0) {}
    System.exit(0);
  }
}
