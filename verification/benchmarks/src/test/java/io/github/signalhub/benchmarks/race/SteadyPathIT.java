package io.github.signalhub.benchmarks.race;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.SignalServer;
import io.github.signalhub.memory.LinkOptions;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.WireForm;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The costs of publications and deliveries that do not depend on the machine: allocations, writes,
 * encodings and wake-ups. The limits hold for interpreted code, too. Compiled code allocates as
 * much or less.
 */
@Timeout(180)
class SteadyPathIT {
  /**
   * Bytes that the event loop allocates for each further client of a message. The smallest object
   * has 16 bytes, so a delivery makes none. These bytes are what a turn of the loop allocates for
   * all its deliveries together.
   */
  private static final double MAX_BYTES_PER_DELIVERY = 15;

  /** Bytes that the publisher of a message allocates, with any number of clients. */
  private static final double MAX_BYTES_PER_PUBLICATION = 1_536;

  private static final Load.Patience LONG =
      new Load.Patience(TimeUnit.MINUTES.toNanos(1), TimeUnit.MINUTES.toNanos(2));
  private static final String LOOP = "signal-hub-loop-0";

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder;

  @Test
  void publicationAllocatesAndWakesTheSameForAnyNumberOfClients() throws Exception {
    Contestant publisher =
        Contestants.find(folder, Optional.empty()).stream()
            .filter(each -> each.kind() == Contestant.Kind.PUBLISHER)
            .findFirst()
            .orElseThrow();
    try (ServerProcess server =
        new ServerProcess(publisher, Optional.empty(), folder.resolve("errors.txt"))) {
      for (String ask : List.of("publish 10", "publish 1000")) {
        server.ask(ask); // the first one loads classes
        String[] figures = server.ask(ask).split(" ");

        assertThat(Double.parseDouble(figures[1]))
            .as("bytes of a publication")
            .isLessThanOrEqualTo(MAX_BYTES_PER_PUBLICATION);
        assertThat(Integer.parseInt(figures[2])).as("most wake-ups").isEqualTo(1);
      }
    }
  }

  @Test
  void messageIsEncodedOnceForEachWireForm() throws Exception {
    AtomicInteger ofOne = new AtomicInteger();
    AtomicInteger ofOther = new AtomicInteger();
    Hub hub = Hub.builder().callbackExecutor(Runnable::run).build();
    MemoryTransport transport = new MemoryTransport(4);
    hub.attach(transport);
    List<MemoryLink> links = new ArrayList<>();
    WireForm one = counting(ofOne);
    WireForm other = counting(ofOther);
    for (int i = 0; i < 100; i++) {
      LinkOptions options = LinkOptions.DEFAULT.withWireForm(i % 2 == 0 ? one : other);
      links.add(transport.connect(Handshake.builder().build(), options));
    }
    transport.run();

    for (int i = 0; i < 64; i++) {
      hub.broadcast("N", i);
    }
    transport.run();

    assertThat(links).allSatisfy(link -> assertThat(link.received()).hasSize(64));
    assertThat(ofOne).hasValue(64);
    assertThat(ofOther).hasValue(64);
  }

  @Test
  void messagesThatWaitReachAClientInOneWrite() throws Exception {
    Hub hub = Hub.builder().callbackExecutor(Runnable::run).build();
    MemoryTransport transport = new MemoryTransport();
    hub.attach(transport);
    MemoryLink link =
        transport.connect(
            Handshake.builder().build(), LinkOptions.DEFAULT.withBufferBytes(1 << 16));
    transport.run();
    long before = link.writes();

    for (int i = 0; i < 64; i++) {
      hub.broadcast("N", i);
    }
    transport.run();

    assertThat(link.received()).hasSize(64);
    assertThat(link.writes() - before).isEqualTo(1);
  }

  @Test
  void deliveryIsOneWriteToItsSocket() throws Exception {
    try (SignalServer server = server();
        Load load = new Load(Dial.plain(server.port()), 50, LONG);
        Recording recording = new Recording()) {
      load.window(1, 10, Long.MAX_VALUE);
      recording
          .enable("jdk.SocketWrite")
          .withThreshold(Duration.ZERO)
          .withoutStackTrace()
          .with("throttle", "off");
      recording.start();

      Load.Count count = load.window(1, 200, Long.MAX_VALUE);

      recording.stop();
      assertThat(count.clean()).as("%s", count).isTrue();
      assertThat(writes(recording)).isEqualTo(count.deliveries());
    }
  }

  @Test
  void deliveryAllocatesNoObject() throws Exception {
    try (SignalServer server = server()) {
      allocated(server, 100, 200);

      long few = allocated(server, 50, 500);
      long many = allocated(server, 250, 500);

      assertThat((many - few) / (200.0 * 500))
          .as("bytes of a delivery; %d bytes with 50 clients, %d with 250", few, many)
          .isLessThanOrEqualTo(MAX_BYTES_PER_DELIVERY);
    }
  }

  /** Returns what the event loop allocates for messages to so many clients, one after the other. */
  private long allocated(SignalServer server, int clients, int messages) throws IOException {
    try (Load load = new Load(Dial.plain(server.port()), clients, LONG)) {
      load.window(1, 10, Long.MAX_VALUE);
      long before = threads.getThreadAllocatedBytes(loop().getId());
      Load.Count count = load.window(1, messages, Long.MAX_VALUE);
      long bytes = threads.getThreadAllocatedBytes(loop().getId()) - before;
      assertThat(count.clean()).as("%s", count).isTrue();
      return bytes;
    }
  }

  private long writes(Recording recording) throws IOException {
    Path file = folder.resolve("writes.jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file).stream()
        .map(RecordedEvent::getThread)
        .filter(thread -> thread != null && LOOP.equals(thread.getJavaName()))
        .count();
  }

  private static Thread loop() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(LOOP))
        .findFirst()
        .orElseThrow();
  }

  /** Starts a hub with one event loop, and without pings during the test. */
  private static SignalServer server() throws IOException {
    Hub hub = Hub.create();
    hub.onMessage((client, message) -> hub.broadcast(message));
    return SignalServer.builder(hub)
        .bindAddress(InetAddress.getLoopbackAddress())
        .port(0)
        .loops(1)
        .pingInterval(Duration.ofHours(1))
        .start();
  }

  private static WireForm counting(AtomicInteger encodings) {
    return json -> {
      encodings.incrementAndGet();
      return LinkOptions.DEFAULT.wireForm().encode(json);
    };
  }
}
