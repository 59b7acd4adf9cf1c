package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The drain of clients, in virtual time. */
@Timeout(60)
class DrainTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final Room room = new Room();
  private final Hub hub = room.hub;

  @Nested
  class ClientsThatAskedForControlMessages {
    @Test
    void areToldToComeBackEvenlySpread() {
      List<MemoryLink> links = connect(100, told());

      closeIn(LONG, Duration.ofSeconds(10));

      assertThat(links.stream().map(DrainTest::retryAfterMs).sorted())
          .containsExactlyElementsOf(LongStream.range(0, 100).mapToObj(i -> i * 100 + 50).toList());
    }

    @Test
    void comeBackOverTwoMillisecondsForEachClientByDefault() {
      List<MemoryLink> links = connect(1_000, told());

      closeIn(LONG);

      assertThat(links.stream().map(DrainTest::retryAfterMs).sorted())
          .containsExactlyElementsOf(LongStream.range(0, 1_000).mapToObj(i -> i * 2 + 1).toList());
    }

    @Test
    void comeBackOverASecondByDefaultIfTheyAreFew() {
      List<MemoryLink> links = connect(2, told());

      closeIn(LONG);

      assertThat(links.stream().map(DrainTest::retryAfterMs)).containsExactlyInAnyOrder(250L, 750L);
    }

    @Test
    void areClosedAtOnceBehindGoodbyeAndEverythingPublishedBefore() {
      MemoryLink link = room.connect(told());
      room.run();
      link.stall();
      room.hub.broadcast("N", 1);

      Thread closing = close(LONG, Duration.ofSeconds(10));
      room.run();
      link.resume();
      end(closing);

      assertThat(room.arrived(link)).containsExactly("$hello", "$bye", 1L);
      assertThat(Room.controls(link, "$bye"))
          .containsExactly(Map.of("reason", "shutdown", "retryAfterMs", 5_000L));
      assertThat(link.closeReason()).contains(DisconnectReason.GOING_AWAY);
    }

    @Test
    void areToldAlsoByAListenerThatClosesTheHubInline() {
      MemoryLink link = room.connect(told());
      MemoryLink plain = room.connect();
      hub.onMessage((client, message) -> hub.close(LONG));

      link.send("{\"type\":\"STOP\"}");

      assertThat(Room.controls(link, "$bye")).hasSize(1);
      assertThat(link.closeReason()).contains(DisconnectReason.GOING_AWAY);
      assertThat(plain.closeReason()).contains(DisconnectReason.GOING_AWAY);
    }
  }

  @Nested
  class PlainClients {
    @Test
    void areClosedOneAfterTheOtherAMillisecondApart() {
      List<MemoryLink> links = connect(1_000, Handshake.builder());

      Thread closing = close(LONG, LONG);

      room.run();
      assertThat(closed(links)).isEqualTo(1);
      room.transport.advance(Duration.ofMillis(499));
      assertThat(closed(links)).isEqualTo(500);
      room.transport.advance(Duration.ofMillis(500));
      assertThat(closed(links)).isEqualTo(1_000);
      end(closing);
    }

    @Test
    void areClosedWithinHalfOfTheTime() {
      List<MemoryLink> links = connect(1_000, Handshake.builder());

      new Drain(Duration.ofMillis(200), Optional.empty()).sayGoodbye(hub.clients());

      room.transport.advance(Duration.ofMillis(50));
      assertThat(closed(links)).isBetween(500L, 501L);
      room.transport.advance(Duration.ofMillis(50));
      assertThat(closed(links)).isEqualTo(1_000);
    }

    @Test
    void areClosedAtOnceWhereThereIsNoTime() {
      List<MemoryLink> links = connect(100, Handshake.builder());

      new Drain(Duration.ZERO, Optional.empty()).sayGoodbye(hub.clients());
      room.run();

      assertThat(closed(links)).isEqualTo(100);
    }

    @Test
    void getWhatWasPublishedBeforeWhileTheyWaitForTheirTurn() {
      List<MemoryLink> links = connect(100, Handshake.builder());
      links.forEach(MemoryLink::stall);
      room.hub.broadcast("N", 1);

      Thread closing = close(LONG, LONG);
      room.transport.advance(Duration.ofMillis(200));
      assertThat(closed(links)).isZero();
      links.forEach(MemoryLink::resume);
      end(closing);

      assertThat(links).allMatch(link -> room.arrived(link).equals(List.of(1L)));
      assertThat(links)
          .allMatch(link -> link.closeReason().orElseThrow().equals(DisconnectReason.GOING_AWAY));
    }
  }

  @Nested
  class TheDeadline {
    @Test
    void isKeptByClientsThatDoNotRead() {
      MemoryLink link = room.connect(told());
      link.stall();
      room.hub.broadcast("N", 1);

      hub.close(Duration.ofMillis(20)); // the test does not run the loop

      assertThat(link.closeReason()).contains(DisconnectReason.ABNORMAL);
      assertThat(hub.clients()).isEmpty();
    }

    @Test
    void isKeptWhileTheExecutorOfCallbacksIsBlocked() throws Exception {
      List<Runnable> waiting = new ArrayList<>();
      Hub busy = Hub.builder().callbackExecutor(waiting::add).build(); // never runs a task
      MemoryTransport transport = new MemoryTransport();
      busy.attach(transport);
      MemoryLink link = transport.connect(Handshake.builder().build());
      Thread closing = new Thread(() -> busy.close(Duration.ofSeconds(3))); // the link ends first
      closing.start();

      Awaiting.await(transport::run, () -> !closing.isAlive());

      assertThat(closing.isAlive()).isFalse();
      assertThat(link.closeReason()).contains(DisconnectReason.GOING_AWAY);
      assertThat(waiting).hasSize(1);
    }

    @Test
    void endsWithTheInterruptionOfWhoWaits() {
      MemoryLink link = room.connect();
      link.stall();
      room.hub.broadcast("N", 1);

      Thread.currentThread().interrupt();
      hub.close(LONG);

      assertThat(Thread.interrupted()).isTrue();
      assertThat(link.closeReason()).contains(DisconnectReason.ABNORMAL);
    }

    @Test
    void isNoNegativeTime() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hub.close(Duration.ofMillis(-1)))
          .withMessage("expected atMost of at least 0, was PT-0.001S");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hub.close(Duration.ZERO, Duration.ofMillis(-1)));
      assertThat(hub.broadcast("N", 1).isAccepted()).isTrue();
    }
  }

  @Nested
  class OneTransportOfSeveral {
    private final MemoryTransport second = new MemoryTransport();

    @Test
    void isDrainedWithoutTheOthers() throws Exception {
      hub.attach(second);
      MemoryLink stays = room.connect(told());
      MemoryLink leaves = second.connect(told().build());
      Thread draining = background(() -> hub.drain(second, LONG, Duration.ofSeconds(4)));

      Awaiting.await(second::run, () -> !draining.isAlive());
      hub.broadcast("N", 1);

      assertThat(leaves.closeReason()).contains(DisconnectReason.GOING_AWAY);
      assertThat(retryAfterMs(leaves)).isEqualTo(2_000);
      assertThat(room.arrived(stays)).containsExactly("$hello", 1L);
      assertThat(stays.closeReason()).isEmpty();
      assertThatIllegalStateException().isThrownBy(() -> second.connect(told().build()));
      room.connect();
    }

    @Test
    void isWaitedForNoLongerThanTheTime() throws Exception {
      hub.attach(second);
      MemoryLink link = second.connect(Handshake.builder().build());
      link.stall();
      hub.broadcast("N", 1);

      hub.drain(second, Duration.ofMillis(20));

      assertThat(link.closeReason()).as("the owner of the transport cuts connections").isEmpty();
      second.stop();
      assertThat(hub.clients()).isEmpty();
    }

    @Test
    void isNotDrainedIfItIsNotAttached() {
      MemoryLink link = room.connect();

      hub.drain(second, LONG);

      room.run();
      assertThat(link.closeReason()).isEmpty();
    }
  }

  private List<MemoryLink> connect(int count, Handshake.Builder handshake) {
    List<MemoryLink> links =
        IntStream.range(0, count).mapToObj(i -> room.connect(handshake)).toList();
    room.run();
    return links;
  }

  private void closeIn(Duration drain) {
    end(background(() -> hub.close(drain)));
  }

  private void closeIn(Duration drain, Duration returnOver) {
    end(close(drain, returnOver));
  }

  /** Closes the hub on another thread, and returns when that thread waits for the clients. */
  private Thread close(Duration drain, Duration returnOver) {
    return background(() -> hub.close(drain, returnOver));
  }

  private static Thread background(Runnable task) {
    Thread thread = new Thread(task, "closing");
    thread.setDaemon(true);
    thread.start();
    await(() -> {}, () -> !thread.isAlive() || thread.getState() == Thread.State.TIMED_WAITING);
    return thread;
  }

  private void end(Thread closing) {
    await(() -> room.transport.advance(Duration.ofMillis(50)), () -> !closing.isAlive());
    assertThat(closing.isAlive()).isFalse();
  }

  private static void await(Runnable turn, BooleanSupplier condition) {
    try {
      Awaiting.await(turn, condition);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static long closed(List<MemoryLink> links) {
    return links.stream().filter(link -> link.closeReason().isPresent()).count();
  }

  private static Handshake.Builder told() {
    return Handshake.builder().controlMessages(true);
  }

  private static long retryAfterMs(MemoryLink link) {
    List<Object> byes = Room.controls(link, "$bye");
    assertThat(byes).hasSize(1);
    return (long) ((Map<?, ?>) byes.get(0)).get("retryAfterMs");
  }
}
