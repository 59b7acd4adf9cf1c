package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.ThreadedTransport.CheckingPeer;
import io.github.signalhub.contract.Awaiting;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConcurrencyTest {
  private static final int THREADS = 16;
  private static final int ROUNDS = 1_500;

  private final AtomicLong clock = new AtomicLong();

  @Test
  void everythingAtOnceLosesNothingAndLeavesNothingBehind() throws Exception {
    Hub hub =
        Hub.builder()
            .topicDefaults(TopicOptions.DEFAULT.withMessages(20))
            .grace(Duration.ZERO)
            .nanoClock(clock::get)
            .build();
    ThreadedTransport transport = new ThreadedTransport(4);
    hub.attach(transport);
    List<CheckingPeer> lasting = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      lasting.add(transport.connect(Handshake.builder().build()));
    }
    AtomicLong broadcasts = new AtomicLong();

    runAll(
        seed -> {
          Random random = new Random(seed);
          List<CheckingPeer> peers = new ArrayList<>();
          for (int i = 0; i < ROUNDS; i++) {
            String topic = "t" + random.nextInt(30);
            switch (random.nextInt(6)) {
              case 0 -> peers.add(transport.connect(Handshake.builder().topic(topic).build()));
              case 1 -> {
                if (!peers.isEmpty()) {
                  peers.remove(random.nextInt(peers.size())).cut();
                }
              }
              case 2 -> {
                for (CheckingPeer peer : peers) {
                  hub.client(peer.id()).ifPresent(client -> client.join(topic));
                }
              }
              case 3 -> hub.clients().stream().limit(5).forEach(client -> client.leave(topic));
              case 4 -> {
                if (hub.broadcast("N", i).isAccepted()) {
                  broadcasts.incrementAndGet();
                }
                hub.clients().stream().skip(20).limit(2).forEach(client -> client.send("N", 1));
              }
              default -> hub.publish(topic, "N", i);
            }
          }
          for (CheckingPeer peer : peers) {
            assertThat(peer.disordered).isFalse();
            assertThat(peer.closed).isNull();
            peer.cut().get(10, TimeUnit.SECONDS);
          }
          return null;
        });

    assertThat(hub.stats().failedCallbacks()).isZero();
    Awaiting.await(
        () -> {},
        () -> hub.clients().size() == 20 && lasting.stream().allMatch(p -> p.closed == null));
    for (CheckingPeer peer : lasting) {
      Awaiting.await(() -> {}, () -> peer.received >= broadcasts.get());
      assertThat(peer.received).isGreaterThanOrEqualTo(broadcasts.get());
      assertThat(peer.disordered).isFalse();
      peer.cut().get(10, TimeUnit.SECONDS);
    }
    assertThat(hub.clients()).isEmpty();
    clock.addAndGet(Duration.ofMinutes(6).toNanos());
    for (int i = 0; i < 1_000; i++) { // each takes a few of the expired with it
      assertThat(hub.publish("t0", "N", i).isAccepted()).isTrue();
    }
    assertThat(hub.stats().topics()).as("broadcasts and t0: no subscriber is left").isEqualTo(2);
    assertThat(hub.stats().retainedMessages() - broadcasts.get()).isLessThanOrEqualTo(20);
    hub.close(Duration.ofSeconds(1));
  }

  @Test
  void hubThatIsClosedUnderLoadClosesEverybodyAndReturns() throws Exception {
    Hub hub = Hub.create();
    ThreadedTransport transport = new ThreadedTransport(4);
    hub.attach(transport);
    List<CheckingPeer> all = Collections.synchronizedList(new ArrayList<>());

    runAll(
        seed -> {
          for (int i = 0; i < ROUNDS; i++) {
            if (seed == 0 && i == ROUNDS / 2) {
              hub.close(Duration.ofSeconds(10));
              return null;
            }
            if (i % 50 == 0
                && !hub.broadcast("N", i).status().equals(PublishResult.Status.CLOSED)) {
              try {
                CheckingPeer peer = transport.connect(Handshake.builder().build());
                if (peer != null) {
                  all.add(peer);
                }
              } catch (RejectedExecutionException e) {
                return null; // the transport has stopped
              }
            }
            hub.broadcast("N", i);
          }
          return null;
        });

    assertThat(hub.clients()).isEmpty();
    assertThat(all).allMatch(peer -> peer.closed != null && !peer.disordered);
    assertThat(hub.stats().topics()).isEqualTo(1);
  }

  private interface Work {
    Void run(int seed) throws Exception;
  }

  private static void runAll(Work work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int seed = i;
        tasks.add(() -> work.run(seed));
      }
      for (Future<Void> task : threads.invokeAll(tasks)) {
        task.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
