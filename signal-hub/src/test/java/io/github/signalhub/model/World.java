package io.github.signalhub.model;

import static io.github.signalhub.model.ReferenceLog.require;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.PublishResult;
import io.github.signalhub.SendResult;
import io.github.signalhub.model.Step.Publish;
import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.WireForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;

/** Plays a schedule on a real hub and tells the reference model of it. Not thread-safe. */
final class World {
  private static final String OTHER_EPOCH = "0123456789abcdef-0000000000000001";

  private final Setup setup;
  private final WireForm frames = this::encode;
  private final SteppedLink[] links;
  private final ReferenceClient[] clients;
  private final Queue<Publish> meanwhile = new ArrayDeque<>();
  private long clock;
  private int messages;
  private boolean publishing;
  private SteppedTransport transport;
  private Hub hub;
  private ReferenceLog log;

  private World(Setup setup) {
    this.setup = setup;
    links = new SteppedLink[setup.clients()];
    clients = new ReferenceClient[setup.clients()];
    startHub();
  }

  /**
   * Plays a schedule to its end.
   *
   * @throws Violation if the guarantee is broken
   */
  static void play(Schedule schedule) {
    World world = new World(schedule.setup());
    for (Step step : schedule.steps()) {
      world.play(step);
    }
    world.end();
  }

  private void play(Step step) {
    if (step instanceof Publish publish) {
      publish(publish);
    } else if (step instanceof Step.Meanwhile publish) {
      meanwhile.add(publish.publish());
    } else if (step instanceof Step.Connect connect) {
      connect(connect);
    } else if (step instanceof Step.Read read) {
      read(read.client(), read.bytes());
    } else if (step instanceof Step.Cut cut && isOpen(cut.client())) {
      links[cut.client()].end(CloseReason.ABNORMAL);
    } else if (step instanceof Step.Close close && isOpen(close.client())) {
      client(close.client()).close();
    } else if (step instanceof Step.Join join && isOpen(join.client())) {
      join(join.client(), setup.topic(join.topic()));
    } else if (step instanceof Step.Leave leave && isOpen(leave.client())) {
      leave(leave.client(), setup.topic(leave.topic()));
    } else if (step instanceof Step.RunTask run) {
      transport.loops.get(run.loop()).runTask();
    } else if (step instanceof Step.RunAll) {
      transport.runAll();
    } else if (step instanceof Step.Advance advance) {
      clock += advance.nanos();
    } else if (step instanceof Step.ExpireClosing) {
      List.copyOf(transport.links).stream()
          .filter(SteppedLink::isClosing)
          .forEach(link -> link.end(CloseReason.ABNORMAL));
    } else if (step instanceof Step.Restart restart) {
      stopHub(restart.drained());
      startHub();
    }
    checkIfIdle();
  }

  private void checkIfIdle() {
    if (transport.isIdle()) {
      log.settled(hub.stats());
    }
  }

  private void startHub() {
    hub =
        Hub.builder()
            .callbackExecutor(Runnable::run)
            .nanoClock(this::now)
            .grace(setup.grace())
            .syncInterval(Duration.ZERO)
            .maxLogBytes(setup.maxLogBytes())
            .topicDefaults(setup.topicOptions())
            .broadcasts(setup.broadcasts())
            .users(setup.userOptions())
            .build();
    transport = new SteppedTransport(setup.loops());
    try {
      hub.attach(transport);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    log = new ReferenceLog(setup, hub.lastId().substring(0, 16));
  }

  private void stopHub(boolean drained) {
    meanwhile.clear();
    transport.drains = drained;
    List<ReferenceClient> reading =
        log.clients.stream().filter(ReferenceClient::isReading).toList();
    hub.close(Duration.ZERO);
    require(
        !drained || reading.stream().noneMatch(ReferenceClient::wasCut),
        "a hub that drains closes who reads in good order");
    require(hub.clients().isEmpty(), "a closed hub has no clients");
    require(
        hub.broadcast("N", 0).status() == PublishResult.Status.CLOSED, "a closed hub says CLOSED");
  }

  /** Lets everybody read, and looks whether the limits hold and everything can end. */
  private void end() {
    meanwhile.clear();
    for (int client = 0; client < links.length; client++) {
      read(client, Long.MAX_VALUE);
    }
    transport.runAll();
    checkIfIdle();
    clock += setup.grace().toNanos();
    List<String> topics = new ArrayList<>(List.of(ReferenceLog.BROADCAST));
    publishOne(Step.To.EVERYONE, 0);
    for (int topic = 0; topic < setup.topics(); topic++) {
      topics.add(setup.topic(topic));
      publishOne(Step.To.TOPIC, topic);
    }
    for (int user = 0; user < setup.users(); user++) {
      topics.add("$user:" + setup.user(user));
      publishOne(Step.To.USER, user);
    }
    for (SteppedLink link : List.copyOf(transport.links)) {
      link.end(CloseReason.ABNORMAL);
    }
    transport.runAll();
    checkIfIdle();
    log.trimmed(hub.stats(), topics);
    stopHub(true);
  }

  /** Twice, because what was published last is not offered yet and stays. */
  private void publishOne(Step.To to, int which) {
    for (int i = 0; i < 2; i++) {
      publish(new Publish(to, which, 1, 0));
      transport.runAll();
      checkIfIdle();
      clock += setup.grace().toNanos();
    }
  }

  private void publish(Publish publish) {
    for (int i = 0; i < publish.count(); i++) {
      String payload = ++messages + ":" + "x".repeat(publish.pad());
      Message message = Message.of("N", payload);
      switch (publish.to()) {
        case EVERYONE -> publish(ReferenceLog.BROADCAST, payload, () -> hub.broadcast(message));
        case TOPIC -> {
          String topic = setup.topic(publish.which());
          publish(topic, payload, () -> hub.publish(topic, message));
        }
        case USER -> {
          String user = setup.user(publish.which());
          publish("$user:" + user, payload, () -> hub.sendToUser(user, message));
        }
        case CLIENT -> send(Math.floorMod(publish.which(), links.length), payload, message);
      }
    }
  }

  private void publish(String topic, String payload, Supplier<PublishResult> publication) {
    String text = log.textOf(topic, payload);
    long from = clock;
    publishing = true;
    PublishResult result = publication.get();
    publishing = false;
    switch (result.status()) {
      case ACCEPTED -> {
        require(
            result.id().equals(Optional.of(log.id(log.horizon() + 1))), "ids are the hub's order");
        log.accepted(topic, text, from, clock, hub.stats());
      }
      case OVERLOADED -> log.overloaded(text, clock);
      case TOO_LARGE -> require(text.length() + 96 > setup.maxLogBytes(), "TOO_LARGE is too large");
      case CLOSED -> throw new Violation("an open hub takes messages");
    }
  }

  private void send(int index, String payload, Message message) {
    if (!isOpen(index)) {
      return;
    }
    ReferenceClient client = clients[index];
    String text = log.textOf(client.privateTopic(), payload);
    long from = clock;
    publishing = true;
    SendResult result = hub.sendToClient(links[index].clientId(), message);
    publishing = false;
    if (result == SendResult.TOO_LARGE) {
      require(text.length() + 96 > setup.maxLogBytes(), "TOO_LARGE is too large");
      return;
    }
    client.sentPrivately(result, text.length());
    if (result == SendResult.ACCEPTED) {
      log.accepted(client.privateTopic(), text, from, clock, hub.stats());
    } else if (result == SendResult.OVERLOADED) {
      log.overloaded(text, clock);
    }
  }

  private void connect(Step.Connect step) {
    int index = step.client();
    if (isOpen(index)) {
      return;
    }
    Handshake.Builder builder = Handshake.builder().controlMessages(step.control());
    for (int topic = 0; topic < setup.topics(); topic++) {
      if ((step.topics() & 1 << topic) != 0) {
        builder.topic(setup.topic(topic));
      }
    }
    if (step.user() >= 0) {
      builder.user(setup.user(step.user()));
    }
    String lastId = clients[index] == null ? null : clients[index].lastId();
    after(step.from(), lastId).ifPresent(builder::after);
    Handshake handshake = builder.build();
    ReferenceClient client = new ReferenceClient(log, handshake, lastId, clock);
    SteppedTransport.SteppedLoop loop = transport.loops.get(step.loop());
    SteppedLink link =
        new SteppedLink(
            transport, loop, frames, client, setup, step.wholeFrames(), step.readable());
    log.clients.add(client);
    int interruptions = meanwhile.size();
    log.looked(client, clock);
    link.open(handshake);
    log.looked(client, clock);
    links[index] = link;
    clients[index] = client;
    client.registered(link.clientId(), clock);
    if (step.readable() == Long.MAX_VALUE && link.isOpen()) {
      client.reading(true);
      if (meanwhile.size() == interruptions) {
        client.opened();
      }
    }
  }

  private Optional<String> after(Step.From from, String lastId) {
    return switch (from) {
      case NOW -> Optional.empty();
      case LAST -> Optional.ofNullable(lastId);
      case OLDER ->
          Optional.ofNullable(lastId)
              .filter(id -> log.offset(id) >= 0)
              .map(id -> log.id(log.offset(id) / 2));
      case START -> Optional.of(log.id(0));
      case OTHER_EPOCH -> Optional.of(OTHER_EPOCH);
      case NONSENSE -> Optional.of("\u0000no id\"");
      case BEYOND -> Optional.of(log.id(log.horizon() + 5));
    };
  }

  private void read(int index, long bytes) {
    if (isOpen(index)) {
      clients[index].reading(false);
      links[index].read(bytes);
      clients[index].reading(bytes == Long.MAX_VALUE);
    }
  }

  private void join(int index, String topic) {
    ReferenceClient client = clients[index];
    onLoop(
        index,
        () -> require(client(index).join(topic), "a client may join"),
        () -> client.joins(topic));
  }

  private void leave(int index, String topic) {
    ReferenceClient client = clients[index];
    SteppedLink link = links[index];
    onLoop(
        index, () -> client(index).leave(topic), () -> client.leaves(topic, link.isInsideFrame()));
  }

  /** What is asked of a client happens on its loop, and the model hears of it then. */
  private void onLoop(int index, Runnable request, Runnable change) {
    SteppedLink link = links[index];
    Deque<Runnable> tasks = link.loop().tasks;
    int waiting = tasks.size();
    request.run();
    if (tasks.size() > waiting) {
      Runnable requested = tasks.removeLast();
      tasks.add(
          () -> {
            if (link.isOpen()) {
              change.run();
            }
            requested.run();
          });
    }
  }

  private boolean isOpen(int client) {
    return links[client] != null && links[client].isOpen();
  }

  private Client client(int index) {
    return hub.client(links[index].clientId()).orElseThrow();
  }

  private byte[] encode(byte[] json) {
    interrupt();
    return ByteBuffer.allocate(4 + json.length).putInt(json.length).put(json).array();
  }

  private long now() {
    clock += setup.tickNanos();
    interrupt();
    return clock;
  }

  /** Publishes what another thread would publish just now. */
  private void interrupt() {
    if (!publishing && !meanwhile.isEmpty()) {
      publish(meanwhile.remove());
    }
  }
}
