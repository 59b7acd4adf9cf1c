package io.github.signalhub.examples.nodes;

import static java.net.InetAddress.getLoopbackAddress;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BalancerIT {
  private Balancer balancer;
  private Named a;
  private Named b;

  @BeforeEach
  void start() throws IOException {
    balancer = new Balancer(0);
    a = new Named("A");
    b = new Named("B");
    balancer.add("A", a.server.getLocalPort());
    balancer.add("B", b.server.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    balancer.close();
    a.close();
    b.close();
  }

  @Test
  void connectionsGetTheNodesInTurn() throws IOException {
    List<String> names = List.of(nameOfNext(), nameOfNext(), nameOfNext(), nameOfNext());

    assertThat(new HashSet<>(names.subList(0, 2))).isEqualTo(Set.of("A", "B"));
    assertThat(names.subList(2, 4)).isEqualTo(names.subList(0, 2));
  }

  @Test
  void aNodeThatRefusesConnectionsIsPassedOver() throws IOException {
    a.close();

    assertThat(List.of(nameOfNext(), nameOfNext())).containsOnly("B");
  }

  @Test
  void withoutANodeConnectionsEnd() throws IOException {
    balancer.remove("A");
    balancer.remove("B");

    try (Socket client = connect()) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
  }

  private Socket connect() throws IOException {
    return new Socket(getLoopbackAddress(), balancer.address().getPort());
  }

  private String nameOfNext() throws IOException {
    try (Socket client = connect()) {
      return new String(client.getInputStream().readAllBytes(), UTF_8); // it ends with the node
    }
  }

  /** A server that says its name on each connection, and ends it. */
  private static final class Named implements AutoCloseable {
    final ServerSocket server = new ServerSocket(0, 50, getLoopbackAddress());

    Named(String name) throws IOException {
      Thread thread = new Thread(() -> serve(name));
      thread.setDaemon(true);
      thread.start();
    }

    private void serve(String name) {
      while (true) {
        try (Socket socket = server.accept()) {
          socket.getOutputStream().write(name.getBytes(UTF_8));
        } catch (IOException e) {
          return;
        }
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
