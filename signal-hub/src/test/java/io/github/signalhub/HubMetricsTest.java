package io.github.signalhub;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.LinkOptions;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.metrics.Metric;
import io.github.signalhub.metrics.PrometheusText;
import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.CallbackLink;
import io.github.signalhub.spi.CallbackSender;
import io.github.signalhub.spi.CallbackTransport;
import io.github.signalhub.spi.ClientLimit;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.LinkTimeouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each metric of a hub has a cause, and changes by it. */
class HubMetricsTest {
  private static final String MESSAGE = "{\"type\":\"A\",\"payload\":1,\"ref\":1}";
  private static final Duration MILLI = Duration.ofMillis(1);
  private static final TopicOptions TABLE = TopicOptions.DEFAULT.compactBy(Message::type);

  /** The cause of one value: the series, the value after it, and the action. */
  private record Cause(String series, double value, Consumer<Trial> action) {
    @Override
    public String toString() {
      return series;
    }
  }

  /** A hub that a cause sets up and uses. */
  private static final class Trial {
    private final List<Runnable> callbacks = new ArrayList<>();
    private final ScriptedBackbone backbone = new ScriptedBackbone();
    private Room room;

    private Room room(HubBuilder options) {
      room = new Room(options);
      return room;
    }

    /** The test runs the callbacks, or does not. */
    private Room slow(HubBuilder options) {
      room = new Room(options, callbacks::add);
      return room;
    }

    private Room node(HubBuilder options) {
      return room(options.backbone(backbone));
    }
  }

  static Stream<Cause> causes() {
    List<Cause> causes = new ArrayList<>();
    ofClients(causes);
    ofMessages(causes);
    ofMemory(causes);
    ofLimits(causes);
    ofNodes(causes);
    return causes.stream();
  }

  private static void ofClients(List<Cause> all) {
    add(all, "clients", 2, trial -> connectedTwice(trial.room(Hub.builder())));
    add(
        all,
        "connected",
        3,
        trial -> {
          Room room = trial.room(Hub.builder());
          room.connect().cut();
          connectedTwice(room);
        });
    for (int code : List.of(1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011)) {
      all.add(end(code, Integer.toString(code)));
    }
    for (int code : List.of(1012, 1013, 1014, 1015, 4000, 4001, 4100, 4101, 4200)) {
      all.add(end(code, Integer.toString(code)));
    }
    all.add(end(4321, "other"));
    add(
        all,
        "returned{outcome=resumed}",
        1,
        trial -> {
          Room room = trial.room(Hub.builder());
          room.publish("t", 0, 1);
          room.connect(Handshake.builder().topic("t").after(room.hub.lastId()));
        });
    add(
        all,
        "returned{outcome=gap}",
        1,
        trial ->
            trial
                .room(Hub.builder())
                .connect(Handshake.builder().topic("t").after("0123456789abcdef-7")));
    add(all, "gaps", 1, trial -> lag(trial.room(forgetful()), "t", true));
    add(all, "lags", 1, trial -> lag(trial.room(forgetful()), "t", true));
    add(all, "lag.closed", 1, trial -> lag(trial.room(forgetful()), "t", false));
  }

  private static Cause end(int code, String label) {
    return new Cause(
        "signalhub.disconnected{code=" + label + "}",
        1,
        trial -> trial.room(Hub.builder()).connect().close(new DisconnectReason(code, "")));
  }

  private static HubBuilder forgetful() {
    return Hub.builder()
        .retentionGrace(Duration.ZERO)
        .topicDefaults(TopicOptions.DEFAULT.withMessages(3));
  }

  private static void lag(Room room, String topic, boolean told) {
    MemoryLink link = room.connect(Handshake.builder().topic(topic).controlMessages(told));
    room.run();
    link.stall();
    for (int n = 0; n < 9; n++) {
      room.publish(topic, n, n + 1);
      room.run();
    }
    link.resume();
    room.run();
  }

  private static void connectedTwice(Room room) {
    room.connect();
    room.connect();
  }

  private static void ofMessages(List<Cause> all) {
    add(all, "published", 2, trial -> trial.room(Hub.builder()).publish("t", 0, 2));
    add(
        all,
        "refused{status=overloaded}",
        1,
        trial -> {
          Room room = trial.room(Hub.builder().maxLogBytes(20_000));
          room.connect("t");
          while (room.hub.topic("t").publish("N", 1).isAccepted()) {}
        });
    add(
        all,
        "refused{status=too_large}",
        1,
        trial ->
            trial
                .room(Hub.builder().maxPublishedBytes(1_000))
                .hub
                .broadcast("N", "x".repeat(1_000)));
    add(all, "refused{status=too_many_keys}", 1, HubMetricsTest::tooManyKeys);
    add(all, "refused{status=tables_full}", 1, HubMetricsTest::tablesFull);
    add(
        all,
        "refused{status=unavailable}",
        1,
        trial -> {
          trial.node(Hub.builder()).hub.broadcast("N", 1);
          trial.backbone.settleAll(new Backbone.Unavailable());
        });
    add(
        all,
        "refused{status=unconfirmed}",
        1,
        trial -> {
          trial.node(Hub.builder()).hub.broadcast("N", 1);
          trial.backbone.settleAll(new Backbone.Unconfirmed());
        });
    add(
        all,
        "refused{status=closed}",
        1,
        trial -> {
          trial.room(Hub.builder()).hub.close(Duration.ZERO);
          trial.room.hub.broadcast("N", 1);
        });
    add(
        all,
        "refused{status=no_such_client}",
        1,
        trial -> {
          Room room = trial.room(Hub.builder());
          MemoryLink link = room.connect();
          Client client = room.client(link);
          link.cut();
          client.send("N", 1);
        });
    add(
        all,
        "refused{status=client_full}",
        1,
        trial -> {
          Room room = trial.room(Hub.builder());
          Client client = room.client(room.connect());
          while (client.send("N", 1).isAccepted()) {}
        });
    add(all, "delivered", 6, trial -> delivered(trial.room(Hub.builder())));
    add(all, "sent", 5, trial -> sent(trial.room(Hub.builder())));
    add(all, "received", 2, trial -> received(trial.room(Hub.builder())));
    add(all, "received.bytes", 2 * MESSAGE.length(), trial -> received(trial.room(Hub.builder())));
    add(all, "ignored", 1, trial -> trial.room(Hub.builder()).connect().send("no JSON"));
    add(
        all,
        "failed",
        1,
        trial -> {
          Room room = trial.room(Hub.builder());
          room.hub.onMessage(
              (client, message) -> {
                throw new IllegalStateException("a test");
              });
          room.connect().send(MESSAGE);
        });
    add(all, "waiting", 2, trial -> received(trial.slow(Hub.builder())));
    add(
        all,
        "pending",
        1,
        trial -> {
          Room room = trial.room(Hub.builder());
          room.hub.onRequest("A", Object.class, (client, any) -> new CompletableFuture<>());
          asking(room).send(MESSAGE);
        });
    add(all, "busy", 1, trial -> received(trial.slow(Hub.builder())));
  }

  /** Three messages to each of two clients: in a run, and one frame after the other. */
  private static void delivered(Room room) {
    room.connect("t");
    room.transport.connect(
        Handshake.builder().topic("t").build(), LinkOptions.DEFAULT.withWholeFrames(true));
    room.publish("t", 0, 3);
    room.run();
  }

  /** A link that takes 5 bytes of a frame. */
  private static void sent(Room room) {
    room.connect("t").read(5);
    room.publish("t", 0, 3);
    room.run();
  }

  private static void received(Room room) {
    room.hub.onMessage((client, message) -> {});
    MemoryLink link = room.connect();
    link.send(MESSAGE);
    link.send(MESSAGE);
  }

  private static void ofMemory(List<Cause> all) {
    add(all, "topics", 2, trial -> trial.room(Hub.builder()).publish("t", 0, 1)); // and broadcasts
    add(all, "retained", 3, trial -> trial.room(Hub.builder()).publish("t", 0, 3));
    grows(all, "log", trial -> trial.room(Hub.builder()).publish("t", 0, 3));
    grows(all, "tables", trial -> trial.room(Hub.builder().topic("t", TABLE)).publish("t", 0, 1));
    grows(all, "presence", trial -> present(trial.room(present())));
    grows(all, "inbound", trial -> received(trial.slow(Hub.builder())));
    grows(all, "refs", trial -> asking(trial.room(Hub.builder())).send(MESSAGE));
    add(all, "sessions", 1, trial -> asking(trial.room(Hub.builder())).send(MESSAGE));
    add(all, "log.limit", 20_000, trial -> trial.room(Hub.builder().maxLogBytes(20_000)));
    add(all, "tables.limit", 1_500, trial -> trial.room(Hub.builder().maxTableBytes(1_500)));
    add(all, "presence.limit", 4_000, trial -> trial.room(Hub.builder().maxPresenceBytes(4_000)));
    add(all, "inbound.limit", 90_000, trial -> trial.room(Hub.builder().maxWaitingBytes(90_000)));
    grows(all, "refs.limit", trial -> trial.room(Hub.builder()));
  }

  private static HubBuilder present() {
    return Hub.builder()
        .maxPresenceBytes(4_000)
        .topic("room:*", TopicOptions.DEFAULT.withPresence(Duration.ofSeconds(1)));
  }

  private static void present(Room room) {
    room.connect(Handshake.builder().user("ann").topic("room:1"));
  }

  private static MemoryLink asking(Room room) {
    return room.connect(Handshake.builder().controlMessages(true).session("0123456789abcdef"));
  }

  private static void ofLimits(List<Cause> all) {
    limit(
        all,
        "maxClientMessageBytes",
        trial ->
            trial.room(Hub.builder().maxClientMessageBytes(20)).connect().send("x".repeat(21)));
    limit(
        all,
        "maxClientMessagesPerSecond",
        trial -> {
          MemoryLink link = trial.room(Hub.builder().maxClientMessagesPerSecond(1)).connect();
          link.send(MESSAGE);
          link.send(MESSAGE);
        });
    limit(
        all,
        "maxWaitingBytes",
        trial ->
            trial
                .slow(Hub.builder().maxWaitingBytes(90_000))
                .connect()
                .send("{\"type\":\"" + "x".repeat(50_000) + "\"}"));
    limit(
        all,
        "requestTimeout",
        trial -> {
          Room room = trial.room(Hub.builder().requestTimeout(Duration.ofMillis(1)));
          room.hub.onRequest("A", Object.class, (client, any) -> new CompletableFuture<>());
          asking(room).send(MESSAGE);
          room.clock.addAndGet(Duration.ofMillis(2).toNanos());
          room.transport.advance(Duration.ofMillis(2));
        });
    limit(
        all,
        "maxAnswerBytes",
        trial -> {
          Room room = trial.room(Hub.builder().maxAnswerBytes(10));
          room.hub.onRequest("A", Object.class, (client, any) -> "x".repeat(10));
          asking(room).send(MESSAGE);
        });
    limit(
        all,
        "maxTopicsPerClient",
        trial -> {
          Room room = trial.room(Hub.builder().maxTopicsPerClient(1));
          room.client(room.connect("t")).join("u");
        });
    limit(
        all,
        "maxPresenceBytes",
        trial -> {
          Room room = trial.room(present());
          Client client = room.client(room.connect(Handshake.builder().user("ann")));
          for (int i = 0; client.join("room:" + i); i++) {}
        });
    limit(
        all,
        "maxLogBytes",
        trial -> {
          trial.node(Hub.builder());
          trial.backbone.full = true;
          trial.room.hub.broadcast("N", 1);
        });
    limit(all, "maxTableBytes", HubMetricsTest::tablesFull);
    limit(all, "withMaxKeys", HubMetricsTest::tooManyKeys);
    limit(
        all,
        "maxPublishedBytes",
        trial ->
            trial
                .room(Hub.builder().maxPublishedBytes(1_000))
                .hub
                .broadcast("N", "x".repeat(1_000)));
    limit(all, "pong", trial -> silent(trial, LinkTimeouts.NONE.withPing(MILLI, MILLI)));
    limit(all, "write", trial -> silent(trial, LinkTimeouts.NONE.withWrite(MILLI)));
    limit(all, "close", trial -> silent(trial, LinkTimeouts.NONE.withClose(MILLI)));
    limit(all, "waitingMessages", HubMetricsTest::flood);
    limit(
        all,
        "minMessageBytesPerSecond", // CallbackPartsTest waits for it
        trial -> {
          Room room = trial.room(Hub.builder());
          MemoryLink link = room.connect();
          room.client(link).session().limitReached(ClientLimit.MESSAGE_RATE);
        });
  }

  private static void tooManyKeys(Trial trial) {
    Room room = trial.room(Hub.builder().topic("t", TABLE.withMaxKeys(1)));
    room.hub.topic("t").publish("A", 1);
    room.hub.topic("t").publish("B", 1);
  }

  private static void tablesFull(Trial trial) {
    Room room = trial.room(Hub.builder().maxTableBytes(1_500).topic("flow:*", TABLE));
    for (int i = 0; room.hub.topic("flow:" + i).publish("A", 1).isAccepted(); i++) {}
  }

  /** A client of another platform that is pinged, is sent something, or is closed. */
  private static void silent(Trial trial, LinkTimeouts timeouts) {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      CallbackTransport transport =
          CallbackTransport.builder("silent", executor).loops(1).timeouts(timeouts).build();
      Hub hub = trial.room(Hub.builder()).hub;
      hub.attach(transport);
      transport.open(Handshake.builder().build(), new Silent());
      Awaiting.await(() -> {}, () -> hub.clients().size() == 1);
      if (!timeouts.write().isZero()) {
        hub.broadcast("N", 1);
      } else if (!timeouts.close().isZero()) {
        hub.clients().forEach(client -> client.disconnect(DisconnectReason.DISCONNECTED));
      }
      Awaiting.await(() -> {}, () -> hub.clients().isEmpty());
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      executor.shutdownNow();
    }
  }

  /** More messages than wait for the hub, while its platform has no thread for it. */
  private static void flood(Trial trial) {
    List<Runnable> tasks = new ArrayList<>();
    CallbackTransport transport = CallbackTransport.builder("flood", tasks::add).loops(1).build();
    try {
      trial.slow(Hub.builder()).hub.attach(transport);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    CallbackLink link = transport.open(Handshake.builder().build(), new Silent());
    tasks.remove(0).run();
    for (int i = 0; i <= 16_384; i++) {
      link.text(MESSAGE);
    }
    while (!tasks.isEmpty()) {
      tasks.remove(0).run();
    }
  }

  /** Never done with what it sends. */
  private static final class Silent implements CallbackSender {
    @Override
    public void send(String text, Runnable done) {}

    @Override
    public boolean ping() {
      return true;
    }

    @Override
    public void close(DisconnectReason reason) {}

    @Override
    public void cut() {}
  }

  private static void ofNodes(List<Cause> all) {
    add(all, "unsettled", 1, trial -> trial.node(Hub.builder()).hub.broadcast("N", 1));
    add(
        all,
        "restarts",
        1,
        trial -> {
          trial.node(Hub.builder());
          trial.backbone.restart();
        });
    add(
        all,
        "beyond.limit",
        1,
        trial -> {
          trial.node(Hub.builder().maxLogBytes(20_000)).connect("t");
          String large = "{\"type\":\"L\",\"payload\":\"" + "x".repeat(6_000) + "\"}";
          while (trial.backbone.place("t", large)) {}
          trial.room.clock.addAndGet(Duration.ofSeconds(2).toNanos());
          assertThat(trial.backbone.place("t", large)).isTrue();
        });
    add(
        all,
        "staleness",
        0.3,
        trial -> {
          trial.node(Hub.builder());
          trial.backbone.staleNanos = Duration.ofMillis(300).toNanos();
        });
    add(all, "late.closed", 2, HubMetricsTest::lateIds);
  }

  /** Two clients come from a node that is ahead: one with a handshake, one with a join. */
  private static void lateIds(Trial trial) {
    String ahead = "00000000000000e1-0000000000000007";
    Room room = trial.node(Hub.builder());
    room.connect(Handshake.builder().topic("t").after(ahead));
    Client joining = room.client(room.connect(Handshake.builder().controlMessages(true)));
    joining.join("t", ahead);
    joining.join("u", ahead);
    room.run();
    room.transport.advance(Duration.ofSeconds(3));
  }

  private static void limit(List<Cause> all, String name, Consumer<Trial> action) {
    add(all, "limits{limit=" + name + "}", 1, action);
  }

  private static void grows(List<Cause> all, String name, Consumer<Trial> action) {
    add(all, name, Double.NaN, action);
  }

  private static void add(List<Cause> all, String name, double value, Consumer<Trial> action) {
    all.add(new Cause("signalhub." + name, value, action));
  }

  @ParameterizedTest
  @MethodSource("causes")
  void changesByItsCause(Cause cause) {
    Trial trial = new Trial();

    cause.action.accept(trial);

    double value = values(trial.room.hub).get(cause.series);
    if (Double.isNaN(cause.value)) {
      assertThat(value).isPositive();
    } else {
      assertThat(value).isEqualTo(cause.value);
    }
  }

  @Test
  void hasACauseHere() {
    Hub node = Hub.builder().backbone(new ScriptedBackbone()).build();

    assertThat(values(node).keySet())
        .containsExactlyInAnyOrderElementsOf(causes().map(Cause::series).toList());
  }

  @Nested
  class TheirNumber {
    @Test
    void staysTheSameWithTenThousandTopicsAndClientsThatEndWithAnyCode() {
      Room room = new Room();
      int before = PrometheusText.of(room.hub.metrics()).split("\n").length;

      for (int i = 0; i < 10_000; i++) {
        room.publish("topic:" + i, 0, 1);
      }
      for (int code = 4000; code < 5000; code++) {
        room.connect("topic:" + code).close(new DisconnectReason(code, "left"));
      }

      assertThat(PrometheusText.of(room.hub.metrics()).split("\n")).hasSize(before);
      assertThat(values(room.hub)).containsEntry("signalhub.topics", 10_001.0);
    }
  }

  @Nested
  class Deliveries {
    private final Room room =
        new Room(Hub.builder().topicDefaults(TopicOptions.DEFAULT.withMessages(100)));

    @Test
    void countAMessageOnceHoweverManyBytesTheLinkTakesAtATime() {
      for (int step : List.of(1, 7, 64, 1_000)) {
        double before = values(room.hub).get("signalhub.delivered");
        MemoryLink link = room.connect("t");
        link.stall();
        room.publish("t", 0, 20);
        room.run();
        while (room.arrived(link).size() < 20) {
          link.read(step);
        }
        link.cut();

        assertThat(values(room.hub).get("signalhub.delivered") - before).isEqualTo(20);
      }
    }

    @Test
    void areNoControlMessages() {
      MemoryLink link = room.connect(Handshake.builder().controlMessages(true).topic("t"));
      room.publish("t", 0, 3);

      assertThat(room.arrived(link)).hasSize(4); // with $hello
      assertThat(values(room.hub)).containsEntry("signalhub.delivered", 3.0);
    }

    @Test
    void areCountedIfTextsAreTakenTogether() throws IOException {
      List<Runnable> tasks = new ArrayList<>();
      CallbackTransport transport =
          CallbackTransport.builder("texts", tasks::add).loops(1).maxTextsPerSend(10).build();
      room.hub.attach(transport);
      transport.open(
          Handshake.builder().controlMessages(true).topic("t").build(),
          new CallbackSender() {
            @Override
            public void send(String text, Runnable done) {
              done.run();
            }

            @Override
            public void send(List<String> texts, Runnable done) {
              done.run();
            }

            @Override
            public void close(DisconnectReason reason) {}

            @Override
            public void cut() {}
          });
      tasks.remove(0).run();
      room.publish("t", 0, 25);

      while (!tasks.isEmpty()) {
        tasks.remove(0).run();
      }

      assertThat(values(room.hub)).containsEntry("signalhub.delivered", 25.0);
    }
  }

  @Nested
  class Overload {
    private final Room room = new Room(Hub.builder().maxLogBytes(20_000));

    @Test
    void lastsFromTheFirstRefusalUntilThereIsNoneForTenSeconds() {
      assertThat(room.hub.overloadedFor()).isZero();
      room.connect("t");
      while (room.hub.topic("t").publish("N", 1).isAccepted()) {}

      pass(9);
      assertThat(room.hub.overloadedFor()).isEqualTo(Duration.ofSeconds(9));
      room.hub.topic("t").publish("N", 1);
      pass(9);
      assertThat(room.hub.overloadedFor()).isEqualTo(Duration.ofSeconds(18));
      pass(1);

      assertThat(room.hub.overloadedFor()).isZero();
    }

    private void pass(int seconds) {
      room.clock.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }
  }

  @Test
  void drainingBeginsWithTheClose() {
    Hub hub = Hub.create();
    assertThat(hub.isDraining()).isFalse();

    hub.close();

    assertThat(hub.isDraining()).isTrue();
  }

  private static Map<String, Double> values(Hub hub) {
    return hub.metrics().stream()
        .collect(
            toMap(
                HubMetricsTest::series,
                Metric::value,
                (one, other) -> {
                  throw new AssertionError("two metrics with the same name and labels");
                },
                LinkedHashMap::new));
  }

  private static String series(Metric metric) {
    return metric.name() + (metric.labels().isEmpty() ? "" : metric.labels());
  }
}
