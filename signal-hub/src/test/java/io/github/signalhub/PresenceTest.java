package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Presence in topics by user, with a grace for users that return. */
@Timeout(60)
class PresenceTest {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final MemoryTransport transport = new MemoryTransport(2);
  private final AtomicLong later = new AtomicLong(); // than the time of the transport's timers
  private final List<String> events = new ArrayList<>();
  private final Hub hub = hub(Runnable::run);

  @Nested
  class Users {
    @Test
    void comeWithTheirFirstConnectionAndGoWithTheLast() {
      MemoryLink first = connect("ann", "room:1");
      MemoryLink second = connect("ann", "room:1");
      MemoryLink other = connect("bob", "room:1");
      assertThat(hub.topic("room:1").presence()).containsExactlyInAnyOrder("ann", "bob");

      first.cut();
      transport.advance(GRACE);
      assertThat(events).containsExactly("+ann", "+bob");
      second.cut();
      transport.advance(Duration.ofNanos(1));
      other.cut();
      transport.advance(GRACE);

      assertThat(events).containsExactly("+ann", "+bob", "-ann", "-bob");
      assertThat(hub.topic("room:1").presence()).isEmpty();
    }

    @Test
    void areAbsentExactlyWhenTheGraceIsOver() {
      connect("ann", "room:1").cut();

      transport.advance(GRACE.minusNanos(1));
      assertThat(events).containsExactly("+ann");
      assertThat(hub.topic("room:1").presence()).containsExactly("ann");
      transport.advance(Duration.ofNanos(1));

      assertThat(events).containsExactly("+ann", "-ann");
    }

    @Test
    void whoComeBackWithinTheGraceWereNeverAway() {
      MemoryLink link = connect("ann", "room:1");
      for (int i = 0; i < 20; i++) {
        link.cut();
        transport.advance(GRACE.minusNanos(1));
        link = connect("ann", "room:1");
      }
      transport.advance(GRACE.multipliedBy(2));
      assertThat(events).containsExactly("+ann");

      link.cut();
      transport.advance(GRACE.minusNanos(1));
      assertThat(events).as("a whole grace after the last leave").hasSize(1);
      transport.advance(Duration.ofNanos(1));

      assertThat(events).containsExactly("+ann", "-ann");
    }

    @Test
    void joinAndLeaveWhileConnected() {
      MemoryLink link = connect("ann");
      Client client = hub.client(link.clientId()).orElseThrow();

      client.join("room:1");
      client.join("room:1");
      assertThat(events).containsExactly("+ann");
      client.leave("room:1");
      client.leave("room:1");
      transport.advance(GRACE);

      assertThat(events).containsExactly("+ann", "-ann");
      link.cut();
      transport.advance(GRACE);
      assertThat(events).hasSize(2);
    }

    @Test
    void whoLeaveWhileTheyConnectAreCountedOnce() {
      MemoryLink first = connect("ann", "now");
      hub.addListener(
          new HubListener() {
            @Override
            public void onConnect(Client client) {
              client.leave("now");
              client.join("room:1");
            }
          });

      MemoryLink second = connect("ann", "now");
      assertThat(events).containsExactly("+ann", "+ann");
      assertThat(hub.topic("now").presence()).containsExactly("ann");
      first.cut();
      second.cut();
      transport.advance(GRACE);

      assertThat(events).containsExactly("+ann", "+ann", "-ann", "-ann");
    }

    @Test
    void areGoneAtOnceWithoutAGrace() {
      connect("ann", "now").cut();

      assertThat(events).containsExactly("+ann", "-ann");
    }

    @Test
    void whoseTransportHasStoppedAreAbsentWhenSomebodyElseComesOrGoesOrAsks() throws IOException {
      connect("ann", "room:1").cut();
      hub.detach(transport);
      MemoryTransport other = new MemoryTransport();
      hub.attach(other);
      later.addAndGet(GRACE.toNanos()); // and no timer of ann runs

      other.connect(Handshake.builder().user("bob").topic("room:2").build());

      assertThat(events).containsExactly("+ann", "-ann", "+bob");
    }

    @Test
    void areSeenByTheirCalls() {
      List<Object> seen = new ArrayList<>();
      hub.addListener(
          new HubListener() {
            @Override
            public void onPresent(String topic, String user) {
              seen.add(hub.topic(topic).presence());
            }

            @Override
            public void onAbsent(String topic, String user) {
              seen.add(hub.topic(topic).presence());
            }
          });

      MemoryLink link = connect("ann", "room:1");
      link.cut();
      transport.advance(GRACE);

      assertThat(seen.toString()).isEqualTo("[[ann], []]");
    }
  }

  @Nested
  class NotCounted {
    @Test
    void areConnectionsWithoutAUserAndTopicsWithoutPresence() {
      transport.connect(Handshake.builder().topic("room:1").build());
      connect("ann", "plain").cut();
      transport.advance(GRACE);

      assertThat(events).isEmpty();
      assertThat(hub.topic("room:1").presence()).isEmpty();
      assertThat(hub.topic("plain").presence()).isEmpty();
    }

    @Test
    void areJoinsOfClientsThatAreGone() {
      MemoryLink link = connect("ann");
      Client client = hub.client(link.clientId()).orElseThrow();
      link.cut();

      client.join("room:1");

      assertThat(events).isEmpty();
      assertThat(hub.topic("room:1").presence()).isEmpty();
    }
  }

  @Test
  void aRequestToJoinThatIsReadAfterTheClientsEndLeavesNobodyBehind() {
    Queue<Runnable> waiting = new ArrayDeque<>();
    Hub slow = hub(waiting::add);
    MemoryLink link =
        transport.connect(Handshake.builder().user("ann").controlMessages(true).build());
    link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"now\"}}");
    link.cut();

    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }

    assertThat(slow.topic("now").presence()).isEmpty();
    assertThat(events).isEmpty();
  }

  @Nested
  class Calls {
    @Test
    void thatThrowHarmNobody() {
      hub.addListener(
          new HubListener() {
            @Override
            public void onPresent(String topic, String user) {
              throw new IllegalStateException("on purpose");
            }
          });
      List<String> next = new ArrayList<>();
      listen(hub, next);

      connect("ann", "room:1");
      connect("bob", "room:1");

      assertThat(next).containsExactly("+ann", "+bob");
      assertThat(hub.stats().failedCallbacks()).isEqualTo(2);
    }

    @Test
    void ofAListenerThatJoinsOthersAreSerial() {
      MemoryLink bob = connect("bob");
      hub.addListener(
          new HubListener() {
            @Override
            public void onPresent(String topic, String user) {
              events.add("[");
              hub.client(bob.clientId()).orElseThrow().join("room:1");
              events.add("]");
            }
          });

      connect("ann", "room:1");

      assertThat(events).containsExactly("+ann", "[", "]", "+bob", "[", "]");
    }

    @Test
    void thatAreLateLeaveOutWhatIsOverAndTakeNoMoreThanOneUserEach() {
      Queue<Runnable> waiting = new ArrayDeque<>();
      Hub slow = hub(waiting::add);

      connect("ann", "room:1");
      for (int i = 0; i < 1_000; i++) {
        connect("guest" + i, "room:1").cut();
        transport.advance(GRACE);
      }
      connect("bob", "room:1");
      assertThat(events).isEmpty();
      while (!waiting.isEmpty()) {
        waiting.remove().run();
      }

      assertThat(events).containsExactly("+ann", "+bob");
      assertThat(slow.topic("room:1").presence()).containsExactlyInAnyOrder("ann", "bob");
    }

    @Test
    void thatAnExecutorRefusesAreMadeUpForWithTheNext() {
      boolean[] refuses = {true};
      hub(
          task -> {
            if (refuses[0]) {
              throw new RejectedExecutionException("full");
            }
            task.run();
          });

      connect("ann", "room:1");
      assertThat(events).isEmpty();
      refuses[0] = false;
      connect("bob", "room:1");

      assertThat(events).containsExactly("+ann", "+bob");
    }

    @Test
    void endWhenTheHubBeginsToClose() {
      connect("ann", "now");
      connect("bob", "room:1").cut();

      hub.close(Duration.ZERO);
      transport.advance(GRACE);

      assertThat(events).containsExactly("+ann", "+bob");
    }
  }

  @Nested
  class ManyThreads {
    @Test
    void thatComeAndGoAtOnceAreToldOfInTurnsAndEndWithWhatIs() throws Exception {
      ExecutorService pool = Executors.newFixedThreadPool(4);
      Hub busy = hub(pool);
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        MemoryLink link = connect("user" + i % 3);
        clients.add(busy.client(link.clientId()).orElseThrow());
      }
      ExecutorService visitors = Executors.newFixedThreadPool(4);
      for (int thread = 0; thread < 4; thread++) {
        Random random = new Random(thread);
        visitors.execute(
            () -> {
              for (int step = 0; step < 2_000; step++) {
                Client client = clients.get(random.nextInt(clients.size()));
                if (random.nextBoolean()) {
                  client.join("now");
                } else {
                  client.leave("now");
                }
              }
            });
      }
      visitors.shutdown();
      assertThat(visitors.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      clients.subList(0, 3).forEach(client -> client.join("now")); // one of each user
      clients.subList(3, 8).forEach(client -> client.leave("now"));
      clients.get(2).leave("now");
      pool.shutdown(); // the current callback runs to its end
      assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

      assertThat(busy.topic("now").presence()).containsExactlyInAnyOrder("user0", "user1");
      for (int user = 0; user < 3; user++) {
        String name = "user" + user;
        List<String> own = events.stream().filter(event -> event.endsWith(name)).toList();
        for (int i = 0; i < own.size(); i++) {
          assertThat(own.get(i)).isEqualTo((i % 2 == 0 ? "+" : "-") + name);
        }
        assertThat(own.size() % 2 == 1).isEqualTo(busy.topic("now").presence().contains(name));
      }
    }
  }

  /** Makes the hub of a test. The transport belongs to the hub that was made last. */
  private Hub hub(Executor executor) {
    TopicOptions options = TopicOptions.DEFAULT;
    Hub made =
        Hub.builder()
            .callbackExecutor(executor)
            .authorizeJoins((client, topic) -> true)
            .nanoClock(() -> transport.nanoClock().getAsLong() + later.get())
            .topic("room:*", options.withPresence(GRACE))
            .topic("now", options.withPresence(Duration.ZERO))
            .broadcasts(options.withPresence(GRACE))
            .build();
    try {
      made.attach(transport);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    listen(made, events);
    return made;
  }

  private static void listen(Hub hub, List<String> events) {
    hub.addListener(
        new HubListener() {
          @Override
          public void onPresent(String topic, String user) {
            events.add("+" + user);
          }

          @Override
          public void onAbsent(String topic, String user) {
            events.add("-" + user);
          }
        });
  }

  private MemoryLink connect(String user, String... topics) {
    Handshake.Builder handshake = Handshake.builder().user(user);
    List.of(topics).forEach(handshake::topic);
    return transport.connect(handshake.build());
  }
}
