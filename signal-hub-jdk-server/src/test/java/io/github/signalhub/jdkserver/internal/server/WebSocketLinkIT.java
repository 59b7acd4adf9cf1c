package io.github.signalhub.jdkserver.internal.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.jdkserver.FrameQueue;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.RawClient.Frame;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Outbound;
import io.github.signalhub.spi.Registrar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The calls of a link to its hub. The hub is a fake under the control of the test. */
@Timeout(60)
class WebSocketLinkIT {
  private static final int BIG = 8 << 20; // more than any socket buffer holds

  private final FakeHub hub = new FakeHub();
  private NioTransport transport;

  @BeforeEach
  void start() throws IOException {
    transport = TestTransport.create();
    transport.start(hub);
  }

  @AfterEach
  void stop() {
    transport.stop();
  }

  @Nested
  class Registration {
    @Test
    void atAClosedHubIsAnsweredWith1001() throws Exception {
      hub.onRegister = new IllegalStateException("closed");

      try (RawClient client = RawClient.webSocket(port(), "/ws")) {
        assertThat(client.readFrame().closeCode()).isEqualTo(1001);
        client.send(RawClient.hex("88 80 00 00 00 00"));
        client.assertEnds();
      }
      assertThat(hub.ends).isEmpty();
    }

    @Test
    void thatTheHubRefusesIsAnsweredWith500() throws Exception {
      hub.onRegister = new IllegalArgumentException("too many topics");

      try (RawClient client = new RawClient(port())) {
        client.send(RawClient.handshake("/ws"));
        assertThat(client.readAnswer().status()).isEqualTo(500);
        client.assertEnds();
      }
    }

    @Test
    void endsOnceWhateverCutsTheLink() throws Exception {
      RawClient client = RawClient.webSocket(port(), "/ws");
      FakeLink link = hub.link();
      link.connection.close(new DisconnectReason(4001, "a"));
      link.connection.abort(new DisconnectReason(4002, "b"));
      assertThat(client.readFrame().closeCode()).isEqualTo(4001);
      client.close();

      assertThat(hub.end().code()).isEqualTo(4001);
      transport.stop();
      assertThat(hub.ends).isEmpty();
    }

    @Test
    void endsWith1001WhereTheServerStops() throws Exception {
      try (RawClient client = RawClient.webSocket(port(), "/ws")) {
        hub.link();

        transport.stop();

        assertThat(hub.end()).isEqualTo(DisconnectReason.GOING_AWAY);
        client.assertEnds();
      }
    }
  }

  @Nested
  class Writing {
    @Test
    void aPongNeverEntersAHalfWrittenFrame() throws Exception {
      try (RawClient client = RawClient.webSocket(port(), "/ws")) {
        FakeLink link = hub.link();
        link.send(BIG, 'a');
        link.send(100, 'b');
        link.awaitHalfWritten();
        client.send(RawClient.frame(0x89, new byte[] {1}));
        client.send(RawClient.text("seen"));
        assertThat(link.received.poll(30, TimeUnit.SECONDS)).isEqualTo("seen");

        assertThat(client.readFrame()).satisfies(frame -> assertFilled(frame, BIG, 'a'));
        assertThat(client.readFrame().opcode()).isEqualTo(0xA);
        assertThat(client.readFrame()).satisfies(frame -> assertFilled(frame, 100, 'b'));
      }
    }

    @Test
    void anAbortFinishesTheHalfWrittenFrameAndNothingElse() throws Exception {
      try (RawClient client = RawClient.webSocket(port(), "/ws")) {
        FakeLink link = hub.link();
        link.send(BIG, 'a');
        link.send(100, 'b');
        link.awaitHalfWritten();

        link.connection.abort(new DisconnectReason(4100, "fell behind"));

        assertThat(client.readFrame()).satisfies(frame -> assertFilled(frame, BIG, 'a'));
        assertThat(client.readFrame().closeCode()).isEqualTo(4100);
        assertThat(hub.ends).isEmpty(); // the link waits for the peer's close
        client.send(RawClient.hex("88 82 00 00 00 00 03 e8"));
        client.assertEnds();
        assertThat(hub.end().code()).isEqualTo(4100);
      }
    }

    @Test
    void anAbortFromInsideTheOutboundIsWritten() throws Exception {
      try (RawClient client = RawClient.webSocket(port(), "/ws")) {
        FakeLink link = hub.link();

        link.onTake = () -> link.connection.abort(DisconnectReason.FELL_BEHIND);
        link.connection.requestFlush();

        assertThat(client.readFrame().closeCode()).isEqualTo(4100);
      }
    }

    @Test
    void aCloseSendsWhatIsLeftFirst() throws Exception {
      try (RawClient client = RawClient.webSocket(port(), "/ws")) {
        FakeLink link = hub.link();
        link.send(BIG, 'a');
        link.send(100, 'b');

        link.connection.close(new DisconnectReason(1000, "done"));

        assertThat(client.readFrame()).satisfies(frame -> assertFilled(frame, BIG, 'a'));
        assertThat(client.readFrame()).satisfies(frame -> assertFilled(frame, 100, 'b'));
        assertThat(client.readFrame().closeCode()).isEqualTo(1000);
        assertThat(link.sealed).isTrue();
      }
    }

    @Test
    void aPeerThatAcceptsNothingIsCut() throws Exception {
      transport.stop();
      transport = TestTransport.create(Duration.ofMillis(500));
      transport.start(hub);
      RawClient client = RawClient.webSocket(port(), "/ws");
      FakeLink link = hub.link();
      link.send(BIG, 'a');

      assertThat(hub.end()).isEqualTo(DisconnectReason.ABNORMAL);
      assertThat(link.halfWritten).isTrue();
      client.close();
    }
  }

  @Nested
  class Reading {
    @Test
    void pausesFromTheBeginningIfTheHubSaysSoWhenItIsRegistered() throws Exception {
      hub.pausesAtFirst = true;
      try (RawClient client = new RawClient(port())) {
        client.send(
            RawClient.handshake("/ws") + new String(RawClient.text("1"), ISO_8859_1)); // at once
        FakeLink link = hub.link();
        link.onLoop(() -> assertThat(link.received).isEmpty());

        link.connection.setReadEnabled(true);

        assertThat(link.received.poll(30, TimeUnit.SECONDS)).isEqualTo("1");
      }
    }

    @Test
    void pausesInTheMiddleOfWhatWasReadAndGoesOnThere() throws Exception {
      try (RawClient client = RawClient.webSocket(port(), "/ws")) {
        FakeLink link = hub.link();
        link.onText = text -> link.connection.setReadEnabled(!text.equals("2"));
        StringBuilder all = new StringBuilder();
        for (int i = 1; i <= 4; i++) {
          all.append(new String(RawClient.text("" + i), ISO_8859_1));
        }

        client.send(all.toString());

        assertThat(link.received.poll(30, TimeUnit.SECONDS)).isEqualTo("1");
        assertThat(link.received.poll(30, TimeUnit.SECONDS)).isEqualTo("2");
        client.send(RawClient.text("5"));
        link.onLoop(() -> assertThat(link.received).isEmpty());
        link.connection.setReadEnabled(true);
        for (String next : new String[] {"3", "4", "5"}) {
          assertThat(link.received.poll(30, TimeUnit.SECONDS)).isEqualTo(next);
        }
      }
    }

    @Test
    void pausesInTheMiddleOfWhatWasReadForAnotherThreadToo() throws Exception {
      try (RawClient client = RawClient.webSocket(port(), "/ws")) {
        FakeLink link = hub.link();
        link.onText =
            text -> CompletableFuture.runAsync(() -> link.connection.setReadEnabled(false)).join();
        byte[] both = new byte[RawClient.text("1").length * 2];
        ByteBuffer.wrap(both).put(RawClient.text("1")).put(RawClient.text("2"));

        client.send(both);

        assertThat(link.received.poll(30, TimeUnit.SECONDS)).isEqualTo("1");
        link.onLoop(() -> assertThat(link.received).isEmpty());
        link.connection.setReadEnabled(true);
        assertThat(link.received.poll(30, TimeUnit.SECONDS)).isEqualTo("2");
      }
    }

    @Test
    void handsOutNothingWithinTheCallThatRestartsIt() throws Exception {
      try (RawClient client = RawClient.webSocket(port(), "/ws")) {
        FakeLink link = hub.link();
        link.onText = text -> link.connection.setReadEnabled(!text.equals("1"));
        byte[] both = new byte[RawClient.text("1").length * 2];
        ByteBuffer.wrap(both).put(RawClient.text("1")).put(RawClient.text("2"));
        client.send(both);
        assertThat(link.received.poll(30, TimeUnit.SECONDS)).isEqualTo("1");

        link.onLoop(
            () -> {
              link.connection.setReadEnabled(true);
              assertThat(link.received).isEmpty();
            });

        assertThat(link.received.poll(30, TimeUnit.SECONDS)).isEqualTo("2");
      }
    }

    @Test
    void goesOnWhereACallOnTheLoopOvertakesAnEarlierOneOfAnotherThread() throws Exception {
      try (RawClient client = RawClient.webSocket(port(), "/ws")) {
        FakeLink link = hub.link();
        link.onText =
            text -> {
              CompletableFuture.runAsync(() -> link.connection.setReadEnabled(false)).join();
              link.connection.setReadEnabled(true);
            };

        client.send(RawClient.text("1"));
        assertThat(link.received.poll(30, TimeUnit.SECONDS)).isEqualTo("1");
        link.onLoop(() -> {}); // after the task of the other thread
        client.send(RawClient.text("2"));

        assertThat(link.received.poll(30, TimeUnit.SECONDS)).isEqualTo("2");
      }
    }

    @Test
    void aHubThatThrowsEndsTheLinkWith1011AndNoOther() throws Exception {
      try (RawClient other = RawClient.webSocket(port(), "/ws")) {
        FakeLink healthy = hub.link();
        try (RawClient client = RawClient.webSocket(port(), "/ws")) {
          hub.link().onText =
              text -> {
                throw new IllegalStateException("on purpose");
              };
          client.send(RawClient.text("a"));

          assertThat(client.readFrame().closeCode()).isEqualTo(1011);
        }
        other.send(RawClient.text("b"));
        assertThat(healthy.received.poll(30, TimeUnit.SECONDS)).isEqualTo("b");
      }
    }

    @Test
    void binaryThatIsTakenIsDelivered() throws Exception {
      try (RawClient client = RawClient.webSocket(port(), "/ws")) {
        FakeLink link = hub.link();
        link.takesBinary = true;

        client.send(RawClient.frame(0x82, new byte[] {'o', 'k'}));

        assertThat(link.received.poll(30, TimeUnit.SECONDS)).isEqualTo("ok");
      }
    }
  }

  private int port() {
    return transport.address().getPort();
  }

  private static void assertFilled(Frame frame, int length, char with) {
    assertThat(frame.opcode()).isEqualTo(1);
    assertThat(frame.payload()).hasSize(length).containsOnly(with);
  }

  private interface TextHandler {
    void handle(String text);
  }

  private static final class FakeHub implements Registrar {
    private final BlockingQueue<FakeLink> links = new LinkedBlockingQueue<>();
    private final BlockingQueue<DisconnectReason> ends = new LinkedBlockingQueue<>();
    private volatile RuntimeException onRegister;
    private volatile boolean pausesAtFirst;

    @Override
    public Inbound register(Connection connection, Handshake handshake) {
      if (onRegister != null) {
        throw onRegister;
      }
      FakeLink link = new FakeLink(connection);
      if (pausesAtFirst) {
        connection.setReadEnabled(false);
      }
      links.add(link);
      return link;
    }

    @Override
    public void unregister(Inbound inbound, DisconnectReason reason) {
      ends.add(reason);
    }

    private FakeLink link() throws InterruptedException {
      return links.poll(30, TimeUnit.SECONDS);
    }

    private DisconnectReason end() throws InterruptedException {
      return ends.poll(30, TimeUnit.SECONDS);
    }
  }

  /** One client of the fake hub, with a plain queue of frames. */
  private static final class FakeLink extends FrameQueue implements Inbound {
    private final Connection connection;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private volatile TextHandler onText = text -> {};
    private volatile Runnable onTake = () -> {};
    private volatile boolean takesBinary;
    private volatile boolean sealed;
    private volatile boolean halfWritten;

    private FakeLink(Connection connection) {
      this.connection = connection;
    }

    void send(int length, char with) {
      byte[] frame =
          connection.wireForm().encode(Character.toString(with).repeat(length).getBytes(UTF_8));
      connection
          .loop()
          .execute(
              () -> {
                add(frame);
                connection.requestFlush();
              });
    }

    void awaitHalfWritten() throws Exception {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!halfWritten && System.nanoTime() < deadline) {
        onLoop(() -> {});
      }
      assertThat(halfWritten).isTrue();
    }

    void onLoop(Runnable task) throws Exception {
      CompletableFuture<Void> done = new CompletableFuture<>();
      connection
          .loop()
          .execute(
              () -> {
                try {
                  task.run();
                  done.complete(null);
                } catch (Throwable t) {
                  done.completeExceptionally(t);
                }
              });
      done.get(30, TimeUnit.SECONDS);
    }

    @Override
    public String clientId() {
      return "fake";
    }

    @Override
    public Outbound outbound() {
      return this;
    }

    @Override
    public void text(byte[] utf8) {
      String text = new String(utf8, UTF_8);
      onText.handle(text);
      received.add(text);
    }

    @Override
    public boolean binary(byte[] bytes) {
      received.add(new String(bytes, UTF_8));
      return takesBinary;
    }

    @Override
    public int take(ByteBuffer into) {
      onTake.run();
      return super.take(into);
    }

    @Override
    public boolean accepted(int bytes) {
      boolean more = super.accepted(bytes);
      halfWritten |= unfinished() > 0;
      return more;
    }

    @Override
    public void seal() {
      sealed = true;
    }
  }
}
