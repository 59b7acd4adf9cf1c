package io.github.signalhub.benchmarks.race;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.signalhub.benchmarks.SelfSigned;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class LoadIT {
  private static final Load.Patience LONG =
      new Load.Patience(TimeUnit.MINUTES.toNanos(1), TimeUnit.MINUTES.toNanos(2));
  private static final Load.Patience SHORT = new Load.Patience(1_000_000, 20_000_000);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"floor on NIO", "signal-hub", "Java-WebSocket"})
  void everyServerOfTheBuildDeliversEveryMessageOnceAndInTheWantedSize(String name)
      throws Exception {
    try (ServerProcess server = start(name);
        Load load = new Load(Dial.plain(server.port), 20, LONG)) {
      load.size(Plan.MESSAGE_BYTES);
      for (int window : Plan.WINDOWS) {
        Load.Count count = load.window(window, 200, Long.MAX_VALUE);

        assertThat(count.clean()).as("%s", count).isTrue();
        assertThat(count.deliveries()).isEqualTo(200 * 20);
        assertThat(load.deliveredBytes()).isEqualTo(Plan.MESSAGE_BYTES);
      }
      Latencies latencies = new Latencies();
      Load.Count paced = load.paced(1_000, TimeUnit.MILLISECONDS.toNanos(100), latencies);
      assertThat(paced.clean()).as("%s", paced).isTrue();
      assertThat(latencies.count()).isEqualTo(paced.messages() * 20);
    }
  }

  @Test
  void deliveryAllocatesNothing() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (ServerProcess server = start("floor on NIO");
        Load load = new Load(Dial.plain(server.port), 50, LONG)) {
      load.window(16, 500, Long.MAX_VALUE);

      long before = threads.getCurrentThreadAllocatedBytes();
      Load.Count count = load.window(16, 2_000, Long.MAX_VALUE);
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;

      assertThat(count.deliveries()).isEqualTo(100_000);
      assertThat(bytes).isLessThan(count.deliveries());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"signal-hub on JDK", "JDK cached pool"})
  void httpServersAnswerWithTheBody(String name) throws Exception {
    try (ServerProcess server = start(name);
        HttpLoad load = new HttpLoad(server.port, 4, Plan.MESSAGE_BYTES)) {
      assertThat(load.run(TimeUnit.MILLISECONDS.toNanos(200))).isPositive();
    }
  }

  @Test
  void missingMessageIsCounted() throws Exception {
    try (Relay relay = new Relay((number, client) -> number == 3 && client == 1 ? 0 : 1);
        Load load = new Load(Dial.plain(relay.port()), 2, LONG)) {
      Load.Count count = load.window(16, 10, Long.MAX_VALUE);

      assertThat(count.lost()).isEqualTo(1);
      assertThat(count.deliveries()).isEqualTo(19);
    }
  }

  @Test
  void repeatedMessageIsCounted() throws Exception {
    try (Relay relay = new Relay((number, client) -> number == 3 && client == 0 ? 2 : 1);
        Load load = new Load(Dial.plain(relay.port()), 2, LONG)) {
      Load.Count count = load.window(16, 10, Long.MAX_VALUE);

      assertThat(count.repeated()).isEqualTo(1);
      assertThat(count.deliveries()).isEqualTo(20);
    }
  }

  @Test
  void messagesOfAClosedConnectionAreLost() throws Exception {
    try (Relay relay = new Relay((number, client) -> number == 3 && client == 1 ? -1 : 1);
        Load load = new Load(Dial.plain(relay.port()), 2, LONG)) {
      Load.Count count = load.window(10, 10, Long.MAX_VALUE);

      assertThat(count.closed()).isEqualTo(1);
      assertThat(count.lost()).isEqualTo(7);
      assertThat(count.deliveries()).isEqualTo(13);
    }
  }

  @Test
  void silenceIsAStallAndInTheEndALoss() throws Exception {
    try (Relay relay = new Relay((number, client) -> 0);
        Load load = new Load(Dial.plain(relay.port()), 2, SHORT)) {
      Load.Count count = load.window(1, 10, Long.MAX_VALUE);

      assertThat(count.stalls()).isEqualTo(1);
      assertThat(count.messages()).isEqualTo(1);
      assertThat(count.lost()).isEqualTo(2);
    }
  }

  @Test
  void encryptedClientsGetEveryMessage() throws Exception {
    SSLContext trusting = SelfSigned.trusting(Contestants.keyFile(folder));
    try (ServerProcess server =
            start(Contestant.withTls(Contestants.find(folder, Optional.empty())), "signal-hub");
        Load load = new Load(Dial.plain(server.port).withTls(trusting), 20, LONG)) {
      load.size(Plan.MESSAGE_BYTES);

      Load.Count count = load.window(64, 500, Long.MAX_VALUE);

      assertThat(count.clean()).as("%s", count).isTrue();
      assertThat(count.deliveries()).isEqualTo(500 * 20);
      assertThat(load.deliveredBytes()).isEqualTo(Plan.MESSAGE_BYTES);
    }
  }

  @Test
  void compressedMessagesAreAboutAThirdOnTheWire() throws Exception {
    try (ServerProcess server = start("signal-hub");
        Load load = new Load(Dial.plain(server.port).withDeflate(), 5, LONG)) {
      load.size(Compressed.MESSAGE_BYTES, Compressed::text);

      Load.Count count = load.window(16, 100, Long.MAX_VALUE);

      assertThat(count.clean()).as("%s", count).isTrue();
      assertThat(load.deliveredBytes()).isEqualTo(Compressed.MESSAGE_BYTES);
      assertThat(load.wireBytes()).isBetween(300, 380);
    }
  }

  @Test
  void eachClientGetsTheMessagesOfItsTopicsAlone() throws Exception {
    Topics topics = Topics.different(20, 100, 5);
    List<Contestant> servers =
        Contestant.with(Contestants.find(folder, Optional.empty()), Contestant.Kind.HUB, "topics");
    try (ServerProcess server = start(servers, "signal-hub");
        Load load = new Load(Dial.plain(server.port), 20, Optional.of(topics), LONG)) {
      Load.Count count = load.window(20, 1_000, Long.MAX_VALUE);

      assertThat(count.clean()).as("%s", count).isTrue();
      assertThat(count.deliveries()).isEqualTo(1_000 / 100 * 20 * 5);
    }
  }

  @Test
  void clientsThatStopReadingAreLeftOutUntilTheyReadAgain() throws Exception {
    try (ServerProcess server = start("signal-hub");
        Load load = new Load(Dial.plain(server.port).withQuery("signal-hub=1"), 20, LONG)) {
      load.stopReading(2);
      Load.Count during = load.window(16, 100, Long.MAX_VALUE);
      Load.Count caughtUp = load.readAgain();
      Load.Count after = load.window(16, 100, Long.MAX_VALUE);

      assertThat(during.deliveries()).isEqualTo(100 * 18);
      assertThat(caughtUp.late() + caughtUp.skipped()).isEqualTo(100 * 2);
      assertThat(after.deliveries()).isEqualTo(100 * 20);
      assertThat(during.clean() && caughtUp.clean() && after.clean()).isTrue();
    }
  }

  @Test
  void publicationsAreMeasuredWithTheirWakeUps() throws Exception {
    try (ServerProcess server = start("publisher")) {
      assertThat(server.ask("publish 10").split(" "))
          .hasSize(3)
          .satisfies(figures -> assertThat(Double.parseDouble(figures[0])).isPositive());
    }
  }

  private ServerProcess start(String name) throws IOException, InterruptedException {
    return start(Contestants.find(folder, Optional.empty()), name);
  }

  private ServerProcess start(List<Contestant> servers, String name)
      throws IOException, InterruptedException {
    Contestant contestant =
        servers.stream().filter(each -> each.name().startsWith(name)).findFirst().orElseThrow();
    return new ServerProcess(contestant, Optional.empty(), folder.resolve("errors.txt"));
  }

  /** Says how often a client gets a message; −1 closes its connection. */
  private interface Fault {
    int times(int number, int client);
  }

  /** Relays the texts of the first of two clients to both, with a fault. */
  private static final class Relay implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 2, InetAddress.getLoopbackAddress());
    private final Fault fault;
    private final List<Socket> clients = new CopyOnWriteArrayList<>();

    Relay(Fault fault) throws IOException {
      this.fault = fault;
      new Thread(this::run, "relay").start();
    }

    int port() {
      return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      listener.close();
      for (Socket client : clients) {
        client.close();
      }
    }

    private void run() {
      try {
        DataInputStream first = accept();
        accept();
        for (int number = 0; first.readUnsignedByte() == 0x81; number++) {
          byte[] frame = new byte[first.readUnsignedByte() - 0x80];
          first.skipNBytes(4); // the masking key is 0
          first.readFully(frame);
          for (int client = 0; client < 2; client++) {
            send(client, fault.times(number, client), frame);
          }
        }
      } catch (IOException e) {
        // The load generator has left.
      }
    }

    private DataInputStream accept() throws IOException {
      Socket socket = listener.accept();
      clients.add(socket);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      int last4 = 0;
      while (last4 != 0x0D0A0D0A) {
        last4 = last4 << 8 | in.readUnsignedByte();
      }
      socket.getOutputStream().write("HTTP/1.1 101 \r\n\r\n".getBytes(US_ASCII));
      return in;
    }

    private void send(int client, int times, byte[] text) throws IOException {
      if (clients.get(client).isClosed()) {
        return;
      }
      if (times < 0) {
        clients.get(client).close();
      }
      OutputStream out = times > 0 ? clients.get(client).getOutputStream() : null;
      for (int i = 0; i < times; i++) {
        out.write(0x81);
        out.write(text.length);
        out.write(text);
      }
    }
  }
}
