package io.github.signalhub.benchmarks;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.Message;
import io.github.signalhub.PublishResult;
import io.github.signalhub.jdkserver.SignalServer;
import io.github.signalhub.jdkserver.SignalServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.locks.LockSupport;

/**
 * A hub on {@code /ws} that broadcasts each text of a client to all clients. A text that is not a
 * message becomes the payload of a message of type {@code TEXT}. While the hub is overloaded, the
 * sender waits, and the hub does not read from its client.
 */
final class BroadcastServer implements HubListener {
  private static final long RETRY_NANOS = 100_000;
  private static final int MAX_MESSAGE_BYTES = 8 << 20; // 1 MiB of text, each byte escaped to 6

  private final Hub hub;

  private BroadcastServer(Hub hub) {
    this.hub = hub;
  }

  /**
   * Starts a server.
   *
   * @param address the address to listen on
   * @param port the port; 0 picks one
   * @param loops how many event loops; 0: the default
   */
  static SignalServer start(InetAddress address, int port, int loops) throws IOException {
    Hub hub = Hub.builder().maxPublishedBytes(MAX_MESSAGE_BYTES).build();
    hub.addListener(new BroadcastServer(hub));
    SignalServerBuilder builder =
        SignalServer.builder(hub).bindAddress(address).port(port).allowAnyOrigin().allowAnyHost();
    if (loops > 0) {
      builder.loops(loops);
    }
    return builder.start();
  }

  @Override
  public void onMessage(Client client, Message message) {
    PublishResult result = hub.broadcast(message);
    while (result.status() == PublishResult.Status.OVERLOADED) {
      LockSupport.parkNanos(RETRY_NANOS);
      result = hub.broadcast(message);
    }
  }

  @Override
  public void onText(Client client, String text) {
    onMessage(client, Message.of("TEXT", text));
  }
}
