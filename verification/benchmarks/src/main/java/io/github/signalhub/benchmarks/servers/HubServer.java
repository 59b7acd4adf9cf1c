package io.github.signalhub.benchmarks.servers;

import io.github.signalhub.Hub;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.jdkserver.SignalServer;
import io.github.signalhub.jdkserver.SignalServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.util.List;

/**
 * A hub with its defaults. It broadcasts each message of a client. With the argument {@code
 * topics}, clients get the topics that they ask for, and a message goes to the topic of its type.
 */
public final class HubServer {
  private HubServer() {}

  /** Starts the server. It runs until the process is ended. */
  public static void main(String[] args) throws IOException, GeneralSecurityException {
    Hub hub = Hub.create();
    SignalServerBuilder builder =
        SignalServer.builder(hub).bindAddress(InetAddress.getLoopbackAddress()).port(0);
    if (List.of(args).contains("topics")) {
      builder.handshake(request -> HandshakeDecision.accept().topics(request.topics()));
      hub.onMessage((client, message) -> hub.topic(message.type()).publish(message));
    } else {
      hub.onMessage((client, message) -> hub.broadcast(message));
    }
    Tls tls = Tls.of(args);
    if (tls.isOn()) {
      builder.tls(tls.context());
    }
    System.out.println("port " + builder.start().port());
  }
}
