package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.spi.CallbackLink;
import io.github.signalhub.spi.CallbackSender;
import io.github.signalhub.spi.CallbackTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The hub's count of the memory of all messages of a {@link CallbackTransport}. */
class CallbackMemoryTest {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Queue<Runnable> callbacks = new ArrayDeque<>();
  private final CallbackTransport transport =
      CallbackTransport.builder("test", tasks::add).loops(1).build();
  private final Hub hub =
      Hub.builder().callbackExecutor(callbacks::add).maxWaitingBytes(2_000_000).build();

  @BeforeEach
  void attach() throws IOException {
    hub.attach(transport);
  }

  @Test
  void isCountedWhenThePlatformReportsItThoughTheLoopIsBusy() {
    Peer peer = new Peer("u");

    peer.link.binary(new byte[10_000]);
    peer.link.textPart("x".repeat(10_000), false);

    assertThat(hub.waitingBytes()).isBetween(20_000L, 20_500L);
    runAll();
    peer.link.text("y");
    runAll();
    assertThat(hub.waitingBytes()).isZero();
  }

  @Test
  void ofAThousandClientsNeverPassesTheHubsLimitThoughTheLoopIsBusy() {
    List<Peer> peers = new ArrayList<>();
    for (int n = 0; n < 1_000; n++) {
      peers.add(new Peer("user" + n % 10));
      peers.get(n).link.textPart("x".repeat(50_000), n % 2 == 0);
      assertThat(hub.waitingBytes()).isLessThanOrEqualTo(1_100_000);
    }

    runAll();

    assertThat(peers).filteredOn(peer -> peer.closed == 1013).hasSizeGreaterThan(950);
    peers.forEach(peer -> peer.link.closed(DisconnectReason.ABNORMAL));
    runAll();
    assertThat(hub.waitingBytes()).isZero();
  }

  @Test
  void isPaidByTheUserWithMostAndNotByTheOthers() {
    Peer small = new Peer("small");
    small.link.textPart("{\"type\":\"A\",\"payload\":\"" + "x".repeat(1_000), false);
    List<Peer> attacker = new ArrayList<>();
    for (int n = 0; n < 200; n++) {
      attacker.add(new Peer("attacker"));
      attacker.get(n).link.textPart("x".repeat(10_000), false);
    }
    small.link.text("\"}");

    runAll();

    assertThat(small.closed).isZero();
    assertThat(hub.stats().received() + hub.stats().ignored()).isEqualTo(1);
    assertThat(attacker).filteredOn(peer -> peer.closed == 1013).hasSizeBetween(95, 110);
  }

  @Test
  void ofOneUnfinishedMessageThatTakesTooMuchClosesItsClientWith1013() {
    Peer peer = new Peer("u");

    for (int n = 0; n < 200; n++) {
      peer.link.binaryPart(new byte[10_000], false);
      assertThat(hub.waitingBytes()).isLessThanOrEqualTo(2_000_000);
    }
    runAll();

    assertThat(peer.closed).isEqualTo(1013);
    assertThat(hub.waitingBytes()).isZero();
  }

  @Test
  void ofAConnectionThatIsGoneIsCountedNoMore() {
    Peer peer = new Peer("u");
    peer.link.textPart("x".repeat(10_000), false);

    peer.link.closed(DisconnectReason.ABNORMAL);
    runAll();
    peer.link.textPart("x".repeat(10_000), false);

    assertThat(hub.waitingBytes()).isZero();
  }

  @Test
  void ofAClientThatTheHubRefusesIsCountedNoMore() {
    Handshake.Builder tooMany = Handshake.builder();
    for (int n = 0; n <= 128; n++) {
      tooMany.topic("topic:" + n);
    }
    Peer peer = new Peer(tooMany);
    peer.link.text("x".repeat(10_000));
    peer.link.textPart("x".repeat(10_000), false);

    runAll();

    assertThat(peer.closed).isEqualTo(1008);
    assertThat(hub.waitingBytes()).isZero();
  }

  @Test
  void ofEmptyMessagesIsCountedToo() {
    Peer peer = new Peer("u");

    for (int n = 0; n < 1_000; n++) {
      peer.link.text("");
    }

    assertThat(hub.waitingBytes()).isGreaterThan(50_000);
  }

  private void runAll() {
    while (!tasks.isEmpty() || !callbacks.isEmpty()) {
      (tasks.isEmpty() ? callbacks : tasks).remove().run();
    }
  }

  private final class Peer implements CallbackSender {
    private final CallbackLink link;
    private int closed;

    private Peer(String user) {
      this(Handshake.builder().user(user));
    }

    private Peer(Handshake.Builder handshake) {
      link = transport.open(handshake.build(), this);
    }

    @Override
    public void send(String text, Runnable done) {
      done.run();
    }

    @Override
    public void close(DisconnectReason reason) {
      closed = reason.code();
    }

    @Override
    public void cut() {
      closed = 1006;
    }
  }
}
