package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.json.RawJson;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HubTest {
  private final Room room = new Room();
  private final Hub hub = room.hub;

  @Nested
  class Clients {
    @Test
    void areRegisteredAndUnregistered() {
      MemoryLink link = room.connect();
      Client client = room.client(link);

      assertThat(hub.clients()).containsExactly(client);
      assertThat(client.id()).matches("[0-9a-f]{32}");

      link.cut();
      assertThat(hub.clients()).isEmpty();
      assertThat(hub.client(client.id())).isEmpty();
      assertThat(client.send("N", 1).status()).isEqualTo(PublishResult.Status.NO_SUCH_CLIENT);
      assertThat(hub.stats().topics()).isEqualTo(1);
      assertThat(hub.stats().connected()).isEqualTo(1);
    }

    @Test
    void withTooManyOrInternalTopicsAreRefused() {
      Room small = new Room(Hub.builder().maxTopicsPerClient(2));

      assertThatIllegalArgumentException().isThrownBy(() -> small.connect("a", "b", "c"));
      assertThatIllegalArgumentException().isThrownBy(() -> small.connect("$broadcast"));
      assertThatIllegalArgumentException().isThrownBy(() -> small.connect(""));
      assertThatIllegalArgumentException().isThrownBy(() -> small.connect("é".repeat(128)));
      assertThat(small.hub.stats().topics()).isEqualTo(1);
    }

    @Test
    void joinAndLeaveTopics() {
      MemoryLink link = room.connect();
      Client client = room.client(link);
      room.publish("t", 0, 1);
      room.run();

      assertThat(client.join("t")).isTrue();
      room.run();
      room.publish("t", 1, 3);
      assertThat(room.arrived(link)).containsExactly(1L, 2L);

      client.leave("t");
      room.run();
      room.publish("t", 3, 4);
      assertThat(room.arrived(link)).containsExactly(1L, 2L);
      assertThat(client.topics()).isEmpty();
    }

    @Test
    void joinThatComesAfterTheEndFollowsNothing() {
      MemoryLink link = room.connect();
      assertThat(room.client(link).join("t")).isTrue();

      link.cut();
      room.run();

      assertThat(hub.stats().topics()).as("broadcasts alone").isEqualTo(1);
    }

    @Test
    void plainClientThatHasEverythingMayJoinATopicThatHasLostMuch() {
      Room small =
          new Room(
              Hub.builder()
                  .retentionGrace(Duration.ZERO)
                  .topicDefaults(TopicOptions.DEFAULT.withMessages(2)));
      MemoryLink link = small.connect();
      small.publish("t", 0, 10);
      small.run();

      small.client(link).join("t");
      small.run();
      small.publish("t", 10, 11);

      assertThat(small.arrived(link)).containsExactly(10L);
      assertThat(link.closeReason()).isEmpty();
    }

    @Test
    void plainClientThatIsBehindMayJoinATopicThatHasLostMuch() {
      Room small =
          new Room(
              Hub.builder()
                  .retentionGrace(Duration.ZERO)
                  .topicDefaults(TopicOptions.DEFAULT.withMessages(2)));
      MemoryLink link = small.connect();
      link.stall();
      hubBroadcast(small, 0);
      small.publish("t", 1, 10);
      small.run();

      small.client(link).join("t");
      small.run();
      link.resume();

      assertThat(small.arrived(link)).startsWith(0L).endsWith(9L);
      assertThat(link.closeReason()).isEmpty();
    }

    @Test
    void followNoMoreTopicsThanTheLimit() {
      Room small = new Room(Hub.builder().maxTopicsPerClient(1));
      Client client = small.client(small.connect("a"));

      assertThat(client.join("a")).isTrue();
      assertThat(client.join("b")).isFalse();
      assertThat(client.topics()).containsExactly("a");
    }

    @Test
    void listenerMayCloseAClientThatIsJustConnecting() {
      hub.addListener(
          new HubListener() {
            @Override
            public void onConnect(Client client) {
              client.send("N", 1);
              client.close(new DisconnectReason(4001, "no"));
            }
          });

      MemoryLink link = room.connect();

      assertThat(room.arrived(link)).containsExactly(1L);
      assertThat(link.closeReason()).contains(new DisconnectReason(4001, "no"));
      assertThat(hub.clients()).isEmpty();
    }
  }

  @Nested
  class Publishing {
    @Test
    void broadcastReachesEveryClientWithItsIdAndWithoutATopic() {
      MemoryLink first = room.connect();
      MemoryLink second = room.connect("t");

      PublishResult result = hub.broadcast("TICK", Map.of("n", 1));

      room.run();
      String id = result.id().orElseThrow();
      assertThat(first.received())
          .containsExactly("{\"type\":\"TICK\",\"payload\":{\"n\":1},\"id\":\"" + id + "\"}");
      assertThat(second.received()).isEqualTo(first.received());
      assertThat(hub.lastId()).isEqualTo(id);
    }

    @Test
    void topicReachesFollowersAloneAndIsNamed() {
      MemoryLink follower = room.connect("flow:42");
      MemoryLink other = room.connect("flow:4");

      hub.topic("flow:42").publish("N", 1);

      assertThat(room.arrived(follower)).containsExactly(1L);
      assertThat(Room.json(follower.received().get(0))).containsEntry("topic", "flow:42");
      assertThat(room.arrived(other)).isEmpty();
    }

    @Test
    void messageToAUserReachesAllItsClientsAndOneToAClientReachesOne() {
      MemoryLink first = room.connect(Handshake.builder().user("ann"));
      MemoryLink second = room.connect(Handshake.builder().user("ann"));
      MemoryLink other = room.connect(Handshake.builder().user("bob"));

      assertThat(hub.user("ann").send("N", 1).isAccepted()).isTrue();
      assertThat(hub.sendToClient(first.clientId(), "N", 2).status())
          .isEqualTo(PublishResult.Status.ACCEPTED);
      assertThat(hub.sendToClient("nobody", "N", 3).status())
          .isEqualTo(PublishResult.Status.NO_SUCH_CLIENT);

      assertThat(room.arrived(first)).containsExactly(1L, 2L);
      assertThat(room.arrived(second)).containsExactly(1L);
      assertThat(room.arrived(other)).isEmpty();
      assertThat(Room.json(first.received().get(0))).doesNotContainKey("topic");
    }

    @Test
    void everyClientSeesOneOrderOverAllItsTopics() {
      MemoryLink all = room.connect("a", "b", "c");
      MemoryLink some = room.connect("a", "c");

      for (int n = 0; n < 300; n++) {
        hub.topic(List.of("a", "b", "c").get(n * 7 % 3)).publish("N", n);
      }

      assertThat(room.arrived(all)).hasSize(300).isEqualTo(numbers(0, 300));
      assertThat(room.arrived(some))
          .isEqualTo(numbers(0, 300).stream().filter(n -> (Long) n * 7 % 3 != 1).toList());
    }

    @Test
    void everyKindOfPayloadArrives() {
      record Point(int x, Instant at) {}
      MemoryLink link = room.connect();

      for (Object payload :
          Arrays.asList(
              new Point(1, Instant.EPOCH),
              TimeUnit.DAYS,
              Map.of("k", 1),
              List.of(1, 2),
              "s",
              9_007_199_254_740_993L,
              1.5,
              true,
              null,
              Instant.EPOCH,
              RawJson.of("{\"r\":[1]}"))) {
        hub.broadcast("P", payload);
      }

      room.run();
      assertThat(link.received())
          .extracting(text -> text.substring(21, text.lastIndexOf(",\"id\"")))
          .containsExactly(
              ":{\"x\":1,\"at\":\"1970-01-01T00:00:00Z\"}",
              ":\"DAYS\"",
              ":{\"k\":1}",
              ":[1,2]",
              ":\"s\"",
              ":9007199254740993",
              ":1.5",
              ":true",
              ":null",
              ":\"1970-01-01T00:00:00Z\"",
              ":{\"r\":[1]}");
    }

    @Test
    void whatIsTooLargeIsRefusedAndCounted() {
      Room small = new Room(Hub.builder().maxPublishedBytes(100));
      MemoryLink link = small.connect();

      assertThat(small.hub.broadcast("N", "x".repeat(100)).status())
          .isEqualTo(PublishResult.Status.TOO_LARGE);
      assertThat(small.client(link).send("N", "x".repeat(100)).status())
          .isEqualTo(PublishResult.Status.TOO_LARGE);

      assertThat(small.hub.stats().refused()).isEqualTo(2);
      assertThat(small.arrived(link)).isEmpty();
    }

    @Test
    void whatCanNeverFitInTheLogIsTooLarge() {
      Room small = new Room(Hub.builder().maxLogBytes(1_000));

      assertThat(small.hub.broadcast("N", "x".repeat(2_000)).status())
          .isEqualTo(PublishResult.Status.TOO_LARGE);
      assertThat(small.hub.broadcast("N", "x".repeat(500)).isAccepted()).isTrue();
    }

    @Test
    void clientThatDoesNotReadIsFullAfter64Messages() {
      MemoryLink link = room.connect();
      link.stall();
      for (int n = 0; n < 64; n++) {
        assertThat(room.client(link).send("N", n).status())
            .isEqualTo(PublishResult.Status.ACCEPTED);
      }

      assertThat(room.client(link).send("N", 64).status())
          .isEqualTo(PublishResult.Status.CLIENT_FULL);

      link.resume();
      assertThat(room.arrived(link)).isEqualTo(numbers(0, 64));
      assertThat(room.client(link).send("N", 64).status()).isEqualTo(PublishResult.Status.ACCEPTED);
    }

    @Test
    void messageOverTheLimitOfWhatWaitsGoesInWhenNothingWaits() {
      MemoryLink link = room.connect(Handshake.builder().user("ann"));
      link.stall();
      String mebibyte = "x".repeat(1 << 20);

      assertThat(room.client(link).send("N", mebibyte).status())
          .isEqualTo(PublishResult.Status.ACCEPTED);
      assertThat(room.client(link).send("N", mebibyte).status())
          .isEqualTo(PublishResult.Status.CLIENT_FULL);
      assertThat(room.client(link).send("N", 1).status())
          .isEqualTo(PublishResult.Status.CLIENT_FULL);

      link.resume();
      assertThat(room.arrived(link)).isEqualTo(List.of(mebibyte));
      assertThat(room.hub.sendToClient(link.clientId(), "N", mebibyte).status())
          .isEqualTo(PublishResult.Status.ACCEPTED);
      assertThat(room.hub.user("ann").send("N", mebibyte).isAccepted()).isTrue();
      assertThat(room.arrived(link)).isEqualTo(List.of(mebibyte, mebibyte, mebibyte));
    }

    @Test
    void longMessagesToClientsThatDoNotReadHoldUpNoOthers() {
      Room small = new Room(Hub.builder().maxLogBytes(4 << 20));
      MemoryLink reading = small.connect();
      List<MemoryLink> stalled = Stream.generate(small::connect).limit(20).toList();
      stalled.forEach(MemoryLink::stall);
      String mebibyte = "x".repeat(1 << 20);

      for (MemoryLink link : stalled) {
        assertThat(small.client(link).send("N", mebibyte).status())
            .isEqualTo(PublishResult.Status.ACCEPTED);
        small.run();
      }

      assertThat(small.hub.broadcast("N", mebibyte).isAccepted()).isTrue();
      assertThat(small.client(reading).send("N", 1).status())
          .isEqualTo(PublishResult.Status.ACCEPTED);
      assertThat(small.arrived(reading)).isEqualTo(List.of(mebibyte, 1L));
      assertThat(small.hub.stats().retainedBytes()).isLessThan(5 << 20);
    }

    @Test
    void messageThatNeverFitsIsTooLargeHoweverItIsSent() {
      MemoryLink link = room.connect(Handshake.builder().user("ann"));
      String tooLong = "x".repeat(2 << 20);

      assertThat(room.client(link).send("N", tooLong).status())
          .isEqualTo(PublishResult.Status.TOO_LARGE);
      assertThat(room.hub.sendToClient(link.clientId(), "N", tooLong).status())
          .isEqualTo(PublishResult.Status.TOO_LARGE);
      assertThat(room.hub.user("ann").send("N", tooLong).status())
          .isEqualTo(PublishResult.Status.TOO_LARGE);
    }

    @Test
    void controlTypesAndInternalTopicsAreTheHubsOwn() {
      assertThatIllegalArgumentException().isThrownBy(() -> hub.broadcast("$gap", 1));
      assertThatIllegalArgumentException().isThrownBy(() -> hub.broadcast("", 1));
      assertThatIllegalArgumentException().isThrownBy(() -> hub.topic("$user:ann").publish("N", 1));
      assertThatIllegalArgumentException().isThrownBy(() -> hub.topic("").publish("N", 1));
      assertThatIllegalArgumentException().isThrownBy(() -> hub.user("").send("N", 1));
      assertThatIllegalArgumentException().isThrownBy(() -> hub.broadcast("N", new Object()));
      assertThat(hub.stats().published()).isZero();
    }

    @Test
    void countersTellWhatHappened() {
      MemoryLink link = room.connect("t");
      room.publish("t", 0, 3);
      link.send("{\"type\":\"A\"}");
      link.send("no message");
      room.run();

      HubStats stats = hub.stats();
      assertThat(stats.clients()).isEqualTo(1);
      assertThat(stats.topics()).isEqualTo(2);
      assertThat(stats.published()).isEqualTo(3);
      assertThat(stats.retainedMessages()).isEqualTo(3);
      assertThat(stats.retainedBytes()).isPositive();
      assertThat(stats.received()).isEqualTo(1);
      assertThat(stats.ignored()).isEqualTo(1);
      assertThat(stats.refused()).isZero();
    }
  }

  @Nested
  class Options {
    @Test
    void exactNameGoesBeforeTheLongestPrefixAndThatBeforeTheDefaults() {
      Room small =
          new Room(
              Hub.builder()
                  .retentionGrace(Duration.ZERO)
                  .topicDefaults(keeping(1))
                  .topic("flow:*", keeping(2))
                  .topic("flow:big:*", keeping(3))
                  .topic("flow:big:one", keeping(4))
                  .broadcasts(keeping(5))
                  .users(keeping(6)));
      String start = small.hub.lastId();
      List<String> topics = List.of("x", "flow:1", "flow:big:2", "flow:big:one");
      for (String topic : topics) {
        small.publish(topic, 0, 10);
      }
      for (int n = 0; n < 10; n++) {
        hubBroadcast(small, n);
        small.hub.user("ann").send("N", n);
      }

      List<Integer> kept = new ArrayList<>();
      for (String topic : topics) {
        kept.add(
            small.arrived(small.connect(Handshake.builder().topic(topic).after(start))).size());
      }
      MemoryLink ann = small.connect(Handshake.builder().user("ann").after(start));

      // each topic with its gap, and the broadcasts with theirs
      assertThat(kept).containsExactly(1 + 5 + 2, 2 + 5 + 2, 3 + 5 + 2, 4 + 5 + 2);
      assertThat(small.arrived(ann)).hasSize(6 + 5 + 2);
    }

    private TopicOptions keeping(int messages) {
      return TopicOptions.DEFAULT.withMessages(messages);
    }
  }

  @Nested
  class Listening {
    private final List<String> calls = new ArrayList<>();

    @Test
    void callsForOneClientAreInOrder() {
      hub.addListener(writing());
      MemoryLink link = room.connect();
      link.send("{\"type\":\"A\",\"payload\":1}");
      link.send("{\"type\":\"B\"}");
      link.close(new DisconnectReason(1000, "bye"));

      assertThat(calls).containsExactly("connect", "A 1", "B null", "disconnect 1000 bye");
    }

    @Test
    void idAndTopicOfAPeerAreStrippedAndControlTypesAreNoMessages() {
      hub.addListener(writing());
      MemoryLink link = room.connect();
      hub.onMessage((client, message) -> hub.broadcast(message));

      link.send("{\"type\":\"A\",\"payload\":1,\"id\":\"forged\",\"topic\":\"forged\"}");
      link.send("{\"type\":\"$gap\"}");
      link.send("[1]");
      link.send("{\"type\":1}");
      room.run();

      assertThat(link.received()).hasSize(1);
      assertThat(link.received().get(0)).doesNotContain("forged");
      assertThat(calls)
          .containsExactly(
              "connect", "A 1", "text {\"type\":\"$gap\"}", "text [1]", "text {\"type\":1}");
      assertThat(hub.stats().ignored()).isEqualTo(3);
    }

    @Test
    void listenerThatThrowsAffectsNobody() {
      hub.onMessage(
          (client, message) -> {
            throw new IllegalStateException("on purpose");
          });
      hub.addListener(writing());
      MemoryLink link = room.connect();

      link.send("{\"type\":\"A\",\"payload\":1}");
      link.send("{\"type\":\"A\",\"payload\":2}");

      assertThat(calls).containsExactly("connect", "A 1", "A 2");
      assertThat(hub.stats().failedCallbacks()).isEqualTo(2);
      assertThat(link.closeReason()).isEmpty();
    }

    @Test
    void failureOutsideOfListenersEndsThatClientAndIsNotTheLastThatIsHeardOfIt() throws Exception {
      AtomicBoolean fails = new AtomicBoolean();
      Hub failing =
          Hub.builder()
              .callbackExecutor(Runnable::run)
              .topic("t", TopicOptions.DEFAULT.withPresence(Duration.ZERO))
              .nanoClock(
                  () -> {
                    if (fails.getAndSet(false)) {
                      throw new InternalError("on purpose");
                    }
                    return 0;
                  })
              .build();
      failing.addListener(writing());
      MemoryTransport transport = new MemoryTransport();
      failing.attach(transport);
      Handshake.Builder ann = Handshake.builder().user("ann").topic("t").controlMessages(true);
      MemoryLink link = transport.connect(ann.build());
      MemoryLink other = transport.connect(Handshake.builder().build());

      fails.set(true);
      link.send("{\"type\":\"$leave\",\"payload\":{\"topic\":\"t\"}}");
      other.send("{\"type\":\"A\",\"payload\":1}");

      assertThat(fails).isFalse();
      assertThat(link.closeReason()).contains(DisconnectReason.INTERNAL_ERROR);
      assertThat(calls)
          .containsExactly(
              "connect", "connect", "disconnect " + DisconnectReason.INTERNAL_ERROR, "A 1");
      assertThat(failing.stats().failedCallbacks()).isEqualTo(1);
    }

    @Test
    void failureThatCannotEvenBeToldEndsThatClientAndIsNotTheLastThatIsHeardOfIt() {
      hub.addListener(writing());
      hub.onMessage(
          (client, message) -> {
            throw new UntellableError();
          });
      MemoryLink link = room.connect();

      link.send("{\"type\":\"A\",\"payload\":1}");
      room.run();

      assertThat(link.closeReason()).contains(DisconnectReason.INTERNAL_ERROR);
      assertThat(calls).containsExactly("connect", "A 1", "disconnect 1011 internal error");
    }

    @Test
    void checkedExceptionOfAListenerInAnotherLanguageIsAFailureLikeAnyOther() {
      hub.onMessage((client, message) -> HubTest.<RuntimeException>sneak(new IOException("it")));
      hub.addListener(writing());
      MemoryLink link = room.connect();

      link.send("{\"type\":\"A\",\"payload\":1}");

      assertThat(calls).containsExactly("connect", "A 1");
      assertThat(hub.stats().failedCallbacks()).isEqualTo(1);
      assertThat(link.closeReason()).isEmpty();
    }

    @Test
    void clientForWhoseCallbacksNoThreadCanBeMadeIsClosed() throws Exception {
      AtomicBoolean exhausted = new AtomicBoolean();
      Hub poor =
          Hub.builder()
              .callbackExecutor(
                  task -> {
                    if (exhausted.get()) {
                      throw new OutOfMemoryError("unable to create native thread, on purpose");
                    }
                    task.run();
                  })
              .build();
      MemoryTransport transport = new MemoryTransport();
      poor.attach(transport);
      MemoryLink link = transport.connect(Handshake.builder().build());

      exhausted.set(true);
      link.send("{\"type\":\"A\",\"payload\":1}");
      MemoryLink late = transport.connect(Handshake.builder().build());

      assertThat(link.closeReason()).contains(DisconnectReason.INTERNAL_ERROR);
      assertThat(late.closeReason()).contains(DisconnectReason.INTERNAL_ERROR);
      assertThat(poor.clients()).isEmpty();
    }

    @Test
    void executorThatRefusesOnceEndsThatClientWhoseEndIsStillTold() throws Exception {
      AtomicBoolean full = new AtomicBoolean();
      Hub busy =
          Hub.builder()
              .callbackExecutor(
                  task -> {
                    if (full.getAndSet(false)) {
                      throw new IllegalStateException("not even a rejection, on purpose");
                    }
                    task.run();
                  })
              .build();
      busy.addListener(writing());
      MemoryTransport transport = new MemoryTransport();
      busy.attach(transport);
      MemoryLink link = transport.connect(Handshake.builder().build());

      full.set(true);
      link.send("{\"type\":\"A\",\"payload\":1}");
      link.send("{\"type\":\"A\",\"payload\":2}");

      assertThat(link.closeReason()).contains(DisconnectReason.INTERNAL_ERROR);
      assertThat(calls).containsExactly("connect", "disconnect 1011 internal error");
    }

    @Test
    void clientWhoseConnectionWasNotToldHasNoEndToTell() throws Exception {
      AtomicBoolean full = new AtomicBoolean(true);
      Hub busy =
          Hub.builder()
              .callbackExecutor(
                  task -> {
                    if (full.getAndSet(false)) {
                      throw new RejectedExecutionException("on purpose");
                    }
                    task.run();
                  })
              .build();
      busy.addListener(writing());
      MemoryTransport transport = new MemoryTransport();
      busy.attach(transport);

      MemoryLink link = transport.connect(Handshake.builder().build());

      assertThat(link.closeReason()).contains(DisconnectReason.INTERNAL_ERROR);
      assertThat(calls).isEmpty();
    }

    @Test
    void executorThatKeepsATaskAndThrowsRunsItOnceAtMost() throws Exception {
      List<Runnable> kept = new ArrayList<>();
      Hub odd =
          Hub.builder()
              .callbackExecutor(
                  task -> {
                    kept.add(task);
                    throw new OutOfMemoryError("unable to create native thread, on purpose");
                  })
              .build();
      odd.addListener(writing());
      MemoryTransport transport = new MemoryTransport();
      odd.attach(transport);
      transport.connect(Handshake.builder().build());

      kept.forEach(Runnable::run);
      odd.close(Duration.ofMinutes(1)); // the call does not wait for callbacks

      assertThat(calls).isEmpty();
      assertThat(odd.clients()).isEmpty();
    }

    @Test
    void listenerThatFailsToSayWhetherItTakesBinaryMessagesTakesNone() {
      hub.addListener(
          new HubListener() {
            @Override
            public boolean acceptsBinary() {
              throw new IllegalStateException("on purpose");
            }
          });
      MemoryLink link = room.connect();

      link.sendBinary(new byte[] {1});

      assertThat(link.closeReason()).contains(DisconnectReason.UNSUPPORTED_DATA);
    }

    @Test
    void listenerThatWaitsHoldsUpNoOtherClientAndPausesItsOwn() throws Exception {
      CountDownLatch waits = new CountDownLatch(1);
      CountDownLatch heard = new CountDownLatch(1);
      CountDownLatch all = new CountDownLatch(200);
      Hub pooled = Hub.create();
      MemoryTransport transport = new MemoryTransport();
      pooled.attach(transport);
      MemoryLink slow = transport.connect(Handshake.builder().build());
      MemoryLink other = transport.connect(Handshake.builder().build());
      pooled.onMessage(
          (client, message) -> {
            if (!client.id().equals(slow.clientId())) {
              heard.countDown();
              return;
            }
            try {
              waits.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            all.countDown();
          });

      for (int n = 0; n < 200; n++) {
        slow.send("{\"type\":\"N\"}");
      }
      other.send("{\"type\":\"N\"}");

      assertThat(heard.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(slow.isReadEnabled()).isFalse();
      assertThat(other.isReadEnabled()).isTrue();
      waits.countDown();
      while (!all.await(1, TimeUnit.MILLISECONDS)) {
        transport.run(); // the loop resumes reading in its own task
      }
      pooled.close(Duration.ZERO);
    }

    @Test
    void binaryIsRefusedUnlessAListenerTakesIt() {
      MemoryLink refused = room.connect();
      refused.sendBinary(new byte[] {1});
      assertThat(refused.closeReason()).contains(DisconnectReason.UNSUPPORTED_DATA);

      List<byte[]> taken = new ArrayList<>();
      hub.addListener(
          new HubListener() {
            @Override
            public boolean acceptsBinary() {
              return true;
            }

            @Override
            public void onBinary(Client client, byte[] bytes) {
              taken.add(bytes);
            }
          });
      MemoryLink accepted = room.connect();
      accepted.sendBinary(new byte[] {1});
      assertThat(accepted.closeReason()).isEmpty();
      assertThat(taken).containsExactly(new byte[] {1});
    }

    @Test
    void connectionsAreLoggedWithIdAndReasonUnderTheNameOfTheHub() {
      List<String> lines = new ArrayList<>();
      List<String> sources = new ArrayList<>();
      Handler handler =
          new Handler() {
            @Override
            public void publish(LogRecord entry) {
              lines.add(new SimpleFormatter().formatMessage(entry));
              sources.add(entry.getSourceClassName() + " " + entry.getSourceMethodName());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
          };
      Logger logger = Logger.getLogger(Hub.class.getName());
      logger.addHandler(handler);
      try {
        MemoryLink link = room.connect();
        link.close(new DisconnectReason(4321, "done"));

        assertThat(lines)
            .containsExactly(
                "Client connected: " + link.clientId(),
                "Client disconnected: " + link.clientId() + " (4321 done)");
        assertThat(sources)
            .containsExactly(
                "io.github.signalhub.Hub logConnected", "io.github.signalhub.Hub logDisconnected");

        lines.clear();
        logger.setLevel(java.util.logging.Level.WARNING); // the setting of the documentation
        room.connect().close(new DisconnectReason(4321, "done"));
        assertThat(lines).isEmpty();
      } finally {
        logger.setLevel(null);
        logger.removeHandler(handler);
      }
    }

    private HubListener writing() {
      return new HubListener() {
        @Override
        public void onConnect(Client client) {
          calls.add("connect");
        }

        @Override
        public void onMessage(Client client, Message message) {
          calls.add(message.type() + " " + message.payload());
        }

        @Override
        public void onText(Client client, String text) {
          calls.add("text " + text);
        }

        @Override
        public void onDisconnect(Client client, DisconnectReason reason) {
          calls.add("disconnect " + reason);
        }
      };
    }
  }

  @Nested
  class Closing {
    @Test
    void closedHubRefusesMessagesAndClients() {
      MemoryLink link = room.connect();

      hub.close(Duration.ZERO);
      hub.close(Duration.ZERO);

      assertThat(hub.broadcast("N", 1).status()).isEqualTo(PublishResult.Status.CLOSED);
      assertThat(link.closeReason()).isPresent();
      assertThatIllegalStateException().isThrownBy(room::connect);
      assertThatIllegalStateException().isThrownBy(() -> hub.attach(room.transport));
      assertThat(hub.stats().topics()).isEqualTo(1);
    }

    @Test
    void closeFromInlineListenersOfSeveralClientsDoesNotWaitForItself() {
      room.connect();
      MemoryLink link = room.connect();
      hub.onMessage((client, message) -> hub.close(Duration.ofNanos(Long.MAX_VALUE).plusDays(1)));

      link.send("{\"type\":\"STOP\"}");

      assertThat(hub.clients()).isEmpty();
    }

    @Test
    void clientThatIsClosingTakesNoMore() {
      MemoryLink link = room.connect();
      link.stall();
      Client client = room.client(link);
      client.send("N", 1);
      client.close();
      room.run();

      assertThat(client.send("N", 2).status()).isEqualTo(PublishResult.Status.CLIENT_CLOSING);
      hubBroadcast(room, 3);
      link.resume();

      assertThat(room.arrived(link)).containsExactly(1L);
      assertThat(link.closeReason()).contains(DisconnectReason.NORMAL);
    }
  }

  private static void hubBroadcast(Room room, int n) {
    assertThat(room.hub.broadcast("N", n).isAccepted()).isTrue();
  }

  private static List<Object> numbers(long from, long to) {
    List<Object> numbers = new ArrayList<>();
    for (long n = from; n < to; n++) {
      numbers.add(n);
    }
    return numbers;
  }

  @SuppressWarnings("unchecked")
  private static <E extends Exception> void sneak(Exception e) throws E {
    throw (E) e;
  }
}
