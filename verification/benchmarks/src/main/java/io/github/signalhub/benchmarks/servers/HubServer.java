package io.github.signalhub.benchmarks.servers;

import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.IOException;
import java.net.InetAddress;

/** A hub with its defaults. It broadcasts each message of a client. */
public final class HubServer {
  private HubServer() {}

  /** Starts the server. It runs until the process is ended. */
  public static void main(String[] args) throws IOException {
    Hub hub = Hub.create();
    hub.onMessage((client, message) -> hub.broadcast(message));
    SignalServer server =
        SignalServer.builder(hub).bindAddress(InetAddress.getLoopbackAddress()).port(0).start();
    System.out.println("port " + server.port());
  }
}
