package io.github.signalhub.jdkserver.resources;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.resources.AttackedServer.Figures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Attacks, one after the other, each on its own process with a heap of 64 MiB. Prints the figures.
 * Memory and descriptors always have limits. Times have limits only if {@code signalhub.quiet} is
 * set, on a quiet machine. Otherwise an answer only has to come.
 */
@Timeout(120)
class ResourcesIT {
  private static final boolean QUIET = Boolean.getBoolean("signalhub.quiet");
  private static final int RESETS = QUIET ? 500 : 100;
  private static final int PARALLEL_CONNECTS = 1_000;
  private static final int IDLE_SECONDS = QUIET ? 3 : 1;
  private static final int IDLE_WINDOWS = QUIET ? 3 : 30;
  private static final double IDLE_PERCENT = QUIET ? 1 : 10;

  /** The cost of a question for figures: a collection before the answer. */
  private static final long QUESTION_NANOS = 30_000_000;

  private static final int MIB = 1 << 20;
  private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate";

  /** The deadline for served requests, longer than any pause. */
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private final List<RawClient> attackers = new ArrayList<>();
  private AttackedServer server;
  private Figures before;

  @BeforeEach
  void start() throws Exception {
    server = AttackedServer.start(AttackedServer.LONG);
    warmUp();
  }

  private void warmUp() throws Exception {
    for (int i = 0; i < 200; i++) { // loading and compiling classes is no cost of the attack
      try (RawClient client = RawClient.webSocket(server.port(), "/ws")) {
        roundTripMillis(client);
      }
    }
    awaitDescriptors(0);
    before = server.figures();
  }

  @AfterEach
  void stop() throws Exception {
    for (RawClient attacker : attackers) {
      attacker.close();
    }
    server.close();
  }

  @Test
  void slowHandshakesAndSilentSocketsKeepNobodyOutAndAreCutAtTheDeadline() throws Exception {
    server.close();
    server = AttackedServer.start(DEADLINE);
    warmUp();
    long start = System.nanoTime();
    for (int i = 0; i < 400; i++) {
      RawClient attacker = new RawClient(server.port());
      attackers.add(attacker);
      if (i % 2 == 0) {
        attacker.send("GET /ws HTTP/1.1\r\nHost: h\r\nX: ");
      }
    }
    double opened = millisSince(start);

    long connecting = System.nanoTime();
    try (RawClient next = RawClient.webSocket(server.port(), "/ws")) {
      double connected = millisSince(connecting);
      double slowest = 0;
      for (int i = 0; i < 50; i++) {
        slowest = Math.max(slowest, roundTripMillis(next));
      }
      print(
          "400 slow and silent sockets: next connects in %.1f ms, slowest of 50 round trips %.1f ms",
          connected, slowest);
      assertQuick(connected, 100);
    }

    for (RawClient attacker : attackers) {
      attacker.readToEnd();
    }
    double cut = millisSince(start);
    print("all cut %.0f ms after the first came (%.0f ms to open them)", cut, opened);
    assertThat(cut).isGreaterThan(DEADLINE.toMillis());
    assertQuick(cut, DEADLINE.toMillis() + opened + 1_000);
    assertRecovers();
  }

  @Test
  void tinyFragmentsAndUnreadPingsStayBoundedAndDelayNobody() throws Exception {
    byte[] fragment = RawClient.frame(0x00, new byte[] {'x'});
    byte[] ping = RawClient.frame(0x89, new byte[125]);
    byte[][] flood = new byte[60_000][];
    for (int i = 0; i < flood.length; i++) {
      flood[i] = i % 2 == 0 ? fragment : ping;
    }
    flood[0] = RawClient.frame(0x01, new byte[] {'x'});
    byte[] wire = RawClient.join(flood);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (RawClient other = RawClient.webSocket(server.port(), "/ws")) {
      for (int i = 0; i < 4; i++) {
        RawClient attacker = RawClient.webSocket(server.port(), "/ws"); // never reads
        attackers.add(attacker);
        threads.submit(
            () -> {
              attacker.send(wire);
              return null;
            });
      }
      double slowest = 0;
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
      while (System.nanoTime() < until) {
        slowest = Math.max(slowest, roundTripMillis(other));
      }
      Figures during = server.figures();
      print(
          "4 x 60,000 tiny fragments and unread pings: heap %+.1f MiB, another's slowest round trip %.1f ms",
          mib(during.heapBytes() - before.heapBytes()), slowest);
      assertQuick(slowest, 50);
      assertThat(during.heapBytes() - before.heapBytes()).isLessThan(8L * MIB);
    } finally {
      threads.shutdownNow();
    }
    assertRecovers();
  }

  @Test
  void aBombOf1GibIsToldIn1009WithinTheLimitAnd8Mib() throws Exception {
    byte[] bomb = bomb();
    try (RawClient client = new RawClient(server.port())) {
      client.send(RawClient.handshake("/ws", "Sec-WebSocket-Extensions: permessage-deflate"));
      assertThat(client.readAnswer().header("Sec-WebSocket-Extensions")).isNotNull();
      long start = System.nanoTime();
      client.send(RawClient.frame(0xC2, bomb));

      assertThat(client.readFrame().closeCode()).isEqualTo(1009);
      double told = millisSince(start);
      client.assertEnds();
      Figures after = server.figures();
      long peak = after.peakBytes() - before.heapBytes();
      print(
          "%.2f MiB that inflate to 1 GiB: 1009 after %.0f ms, heap at most %+.1f MiB",
          mib(bomb.length), told, mib(peak));
      assertThat(peak).isLessThan((1L + 8) * MIB);
    }
    assertRecovers();
  }

  @Test
  void windowsOfManyCompressingClientsStayBoundedAndTakeNobodysOwn() throws Exception {
    String offer = "Sec-WebSocket-Extensions: permessage-deflate";
    byte[] hello = RawClient.frame(0xC1, RawClient.hex("f248cdc9c90700")); // RFC 7692 §7.2.3.1
    byte[] again = RawClient.frame(0xC1, RawClient.hex("f200110000")); // refers back to it
    try (RawClient other = new RawClient(server.port())) {
      other.send(RawClient.handshake("/ws", offer));
      assertThat(other.readAnswer().status()).isEqualTo(101);
      other.send(hello);
      assertThat(other.readFrame().text()).isEqualTo("Hello");
      for (int i = 0; i < 1_000; i++) { // all clients negotiate before one has a window
        RawClient attacker = new RawClient(server.port());
        attackers.add(attacker);
        attacker.send(RawClient.handshake("/ws", offer));
        assertThat(attacker.readAnswer().header("Sec-WebSocket-Extensions")).isNotNull();
      }
      Figures agreed = server.figures();
      int refused = 0;
      for (RawClient attacker : attackers) {
        attacker.send(hello);
        assertThat(attacker.readFrame().text()).isEqualTo("Hello");
        attacker.send(RawClient.hex("89 80 00000000")); // a ping, which only the open ones answer
        RawClient.Frame next = attacker.readFrame();
        refused += next.opcode() == 8 && next.closeCode() == 1013 ? 1 : 0;
      }

      Figures during = server.figures();
      print(
          "1,000 clients that compress: heap %+.1f MiB, %d closed with 1013",
          mib(during.heapBytes() - agreed.heapBytes()), refused);
      assertThat(during.heapBytes() - agreed.heapBytes()).isLessThan((8L + 2) * MIB);
      // 32 KiB each in three quarters of an eighth of 64 MiB, of which the JVM reserves a part
      assertThat(refused).isBetween(1_001 - 6 * 32, 1_001 - 5 * 32);
      other.send(again);
      assertThat(other.readFrame().text()).isEqualTo("Hello");
    }
    assertRecovers();
  }

  @Test
  void unfinishedMessagesOfManyStayBoundedAndDelayNobody() throws Exception {
    byte[] first = RawClient.frame(0x02, new byte[MIB - 1]);
    try (RawClient other = RawClient.webSocket(server.port(), "/ws")) {
      double slowest = 0;
      for (int i = 0; i < 200; i++) { // 200 MiB
        RawClient attacker = RawClient.webSocket(server.port(), "/ws");
        attackers.add(attacker);
        attacker.send(first);
        slowest = Math.max(slowest, roundTripMillis(other));
      }
      Figures during = server.figures();
      print(
          "200 clients that send all but the last byte of 1 MiB: heap %+.1f MiB, another's slowest round trip %.1f ms",
          mib(during.heapBytes() - before.heapBytes()), slowest);
      assertQuick(slowest, 50);
      // a quarter of 64 MiB, a quarter of it in messages that are being dropped, one copy per loop
      assertThat(during.heapBytes() - before.heapBytes()).isLessThan((16L + 4 + 2 + 4) * MIB);
      awaitHeap((16L + 4) * MIB);
      assertThat(attackers.get(0).readFrame().closeCode()).isEqualTo(1013); // the oldest
    }
    assertRecovers();
  }

  @Test
  void unfinishedCompressedMessagesOfAnAttackerCostNobodyElseHisMessage() throws Exception {
    double usual = messagesInTwoPieces(() -> {});
    byte[] bomb = RawClient.frame(0x42, startOfAMessage(MIB - (64 << 10)));
    for (int i = 0; i < 64; i++) {
      attack(bomb);
    }

    double during = messagesInTwoPieces(() -> attack(bomb)); // replaces attackers that were closed

    print(
        "%d clients that send %.0f KiB of compressed messages without an end: 50 of 50 messages in"
            + " two pieces came through, in %.1f ms, without them in %.1f ms",
        attackers.size(), attackers.size() * bomb.length / 1024.0, during, usual);
    assertQuick(during, 2 * usual);
    for (RawClient attacker : attackers) {
      assertThat(attacker.readFrame().closeCode()).isEqualTo(1013); // after 10 s at the latest
    }
    assertRecovers();
  }

  private interface Step {
    void run() throws IOException;
  }

  private void attack(byte[] bomb) throws IOException {
    RawClient attacker = new RawClient(server.port());
    attackers.add(attacker);
    attacker.send(RawClient.handshake("/ws", OFFER));
    assertThat(attacker.readAnswer().status()).isEqualTo(101);
    attacker.send(bomb);
  }

  /** Sends 50 messages, each by a separate client, and returns the milliseconds that it took. */
  private double messagesInTwoPieces(Step beforeEach) throws IOException {
    byte[] first = RawClient.frame(0x01, "x".repeat(50_000).getBytes(ISO_8859_1));
    byte[] last = RawClient.frame(0x80, "y".repeat(50_000).getBytes(ISO_8859_1));
    double all = 0;
    for (int i = 0; i < 50; i++) {
      beforeEach.run();
      long start = System.nanoTime();
      try (RawClient honest = RawClient.webSocket(server.port(), "/ws")) {
        honest.send(first);
        roundTripPing(honest);
        honest.send(last);
        assertThat(honest.readFrame().payload()).hasSize(100_000);
      }
      all += millisSince(start);
    }
    return all;
  }

  @Test
  void compressionContextsOfAnAttackerLeaveOthersTheirs() throws Exception {
    byte[] hello = RawClient.frame(0xC1, RawClient.hex("f248cdc9c90700"));
    byte[] helloAgain = RawClient.frame(0xC1, RawClient.hex("f200110000")); // refers back
    int taken = 0;
    for (int i = 0; i < 400; i++) {
      RawClient attacker = RawClient.from("127.0.0.2", server.port());
      attackers.add(attacker);
      attacker.send(RawClient.handshake("/ws", OFFER));
      if (attacker.readAnswer().header("Sec-WebSocket-Extensions") != null) {
        attacker.send(hello);
        assertThat(attacker.readFrame().text()).isEqualTo("Hello");
        taken++;
      }
    }

    int agreed = 0;
    for (int i = 0; i < 20; i++) {
      RawClient honest = new RawClient(server.port());
      attackers.add(honest); // this client also stays connected
      honest.send(RawClient.handshake("/ws", OFFER));
      if (honest.readAnswer().header("Sec-WebSocket-Extensions") != null) {
        honest.send(hello);
        honest.send(helloAgain);
        assertThat(honest.readFrame().text()).isEqualTo("Hello");
        assertThat(honest.readFrame().text()).isEqualTo("Hello");
        agreed++;
      }
    }

    print(
        "400 clients of an address take %d compression contexts: %d of 20 of another have theirs",
        taken, agreed);
    assertThat(agreed).isEqualTo(20);
    assertRecovers();
  }

  /** Waits until all earlier frames have arrived. */
  private static void roundTripPing(RawClient client) throws IOException {
    client.send(RawClient.frame(0x89, new byte[0]));
    assertThat(client.readFrame().opcode()).isEqualTo(0xA);
  }

  @Test
  void resetsInEveryStateLeaveNoDescriptor() throws Exception {
    String handshake = RawClient.handshake("/ws");
    for (int i = 0; i < RESETS; i++) {
      new RawClient(server.port()).reset(); // before a byte
      RawClient inHead = new RawClient(server.port());
      inHead.send(handshake.substring(0, 40));
      inHead.reset();
      RawClient unread = new RawClient(server.port());
      unread.send(handshake);
      unread.reset(); // 101 on its way
      RawClient inFrame = RawClient.webSocket(server.port(), "/ws");
      inFrame.send(RawClient.hex("82 ff 00 00 00 00 00 00 ff ff 01 02 03 04 05"));
      inFrame.reset();
      RawClient closing = RawClient.webSocket(server.port(), "/ws");
      closing.send(RawClient.close(1000, ""));
      closing.reset();
    }

    awaitDescriptors(before.descriptors());
    print("5 x %d resets: %d descriptors as before", RESETS, before.descriptors());
    assertRecovers();
  }

  @Test
  void parallelConnectsAreAllServed() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(100);
    List<Callable<RawClient>> connects = new ArrayList<>();
    for (int i = 0; i < PARALLEL_CONNECTS; i++) {
      connects.add(() -> RawClient.webSocket(server.port(), "/ws"));
    }
    long start = System.nanoTime();
    for (Future<RawClient> each : threads.invokeAll(connects)) {
      attackers.add(each.get());
    }
    print("1,000 parallel connects: all served after %.0f ms", millisSince(start));
    for (RawClient client : attackers) {
      roundTripMillis(client);
    }
    threads.shutdown();
    assertRecovers();
  }

  /** Disconnects, and checks that the server frees everything, serves, and is idle. */
  private void assertRecovers() throws Exception {
    for (RawClient attacker : attackers) {
      attacker.close();
    }
    awaitDescriptors(before.descriptors());
    Figures later = server.figures();
    double idle = Double.MAX_VALUE;
    for (int i = 0; i < IDLE_WINDOWS && idle >= IDLE_PERCENT; i++) { // the compiler may still run
      Figures rested = later;
      TimeUnit.SECONDS.sleep(IDLE_SECONDS); // the interval of the measurement
      later = server.figures();
      long busyNanos = later.cpuNanos() - rested.cpuNanos() - QUESTION_NANOS;
      idle = Math.max(0, busyNanos) / (IDLE_SECONDS * 1e7);
    }
    try (RawClient client = RawClient.webSocket(server.port(), "/ws")) {
      roundTripMillis(client);
    }
    print("then: heap %+.1f MiB, %.2f %% CPU", mib(later.heapBytes() - before.heapBytes()), idle);
    assertThat(idle).as("%% CPU").isLessThan(IDLE_PERCENT);
    assertThat(later.heapBytes() - before.heapBytes()).isLessThan(4L * MIB);
  }

  /** Waits until at most so much more heap than at the start is in use. */
  private void awaitHeap(long atMost) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    long taken = server.figures().heapBytes() - before.heapBytes();
    while (taken >= atMost && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(100); // polls the figures
      taken = server.figures().heapBytes() - before.heapBytes();
    }
    assertThat(taken).isLessThan(atMost);
  }

  private void awaitDescriptors(long atMost) throws Exception {
    long limit = atMost > 0 ? atMost : Long.MAX_VALUE;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    Figures now = server.figures();
    Figures last = null;
    while ((now.descriptors() > limit || (last == null || now.descriptors() < last.descriptors()))
        && System.nanoTime() < deadline) {
      last = now;
      TimeUnit.MILLISECONDS.sleep(100); // polls the figures
      now = server.figures();
    }
    assertThat(now.descriptors()).isLessThanOrEqualTo(limit);
  }

  private static void assertQuick(double millis, double limit) {
    if (QUIET) {
      assertThat(millis).isLessThan(limit);
    }
  }

  private static double roundTripMillis(RawClient client) throws IOException {
    long start = System.nanoTime();
    client.send(RawClient.text("x"));
    assertThat(client.readFrame().text()).isEqualTo("x");
    return millisSince(start);
  }

  private static byte[] bomb() {
    Deflater deflater = new Deflater(9, true);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] zeros = new byte[MIB];
    byte[] buffer = new byte[64 << 10];
    for (int i = 0; i < 1024; i++) {
      deflater.setInput(zeros);
      int mode = i == 1023 ? Deflater.SYNC_FLUSH : Deflater.NO_FLUSH;
      int count;
      while ((count = deflater.deflate(buffer, 0, buffer.length, mode)) > 0) {
        out.write(buffer, 0, count);
      }
    }
    deflater.end();
    return Arrays.copyOf(out.toByteArray(), out.size() - 4);
  }

  /** Returns the start of a message that inflates to so many zeros and has no end. */
  private static byte[] startOfAMessage(int bytes) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(new byte[bytes]);
    byte[] compressed = new byte[bytes];
    int length = deflater.deflate(compressed, 0, bytes, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(compressed, length);
  }

  private static double millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e6;
  }

  private static double mib(long bytes) {
    return bytes / (double) MIB;
  }

  private static void print(String format, Object... figures) {
    System.out.println("resources: " + String.format(java.util.Locale.ROOT, format, figures));
  }
}
