package io.github.signalhub.model;

import static io.github.signalhub.model.ReferenceLog.require;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.PublishResult;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.LinkOptions;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.model.Step.Publish;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Transport;
import io.github.signalhub.spi.WireForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Plays a schedule on a real hub and on the reference model. Not thread-safe. */
final class World {
  private static final int NOBODY = -1;
  private static final String OTHER_EPOCH = "0123456789abcdef-0000000000000001";

  private final Setup setup;
  private final List<WireForm> forms;
  private final MemoryLink[] links;
  private final ReferenceClient[] clients;
  private final Queue<Publish> meanwhile = new ArrayDeque<>();
  private final MemoryTransport transport;
  private final Stepped stepped = new Stepped();
  private int messages;
  private int sender = NOBODY;
  private boolean publishing;
  private boolean together;
  private Violation broken;
  private Hub hub;
  private ReferenceLog log;

  private World(Setup setup) {
    this.setup = setup;
    forms = IntStream.range(0, setup.forms()).mapToObj(this::form).toList();
    transport = new MemoryTransport(setup.loops());
    links = new MemoryLink[setup.clients()];
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
      world.throwIfBroken();
    }
    world.end();
    world.throwIfBroken();
  }

  private void throwIfBroken() {
    if (broken != null) {
      throw broken;
    }
  }

  private void play(Step step) {
    if (step instanceof Publish publish) {
      publish(publish);
    } else if (step instanceof Step.Except except) {
      sender = isOpen(except.sender()) ? except.sender() : NOBODY;
      publish(except.publish());
      sender = NOBODY;
    } else if (step instanceof Step.Meanwhile publish) {
      meanwhile.add(publish.publish());
    } else if (step instanceof Step.Connect connect) {
      connect(connect);
    } else if (step instanceof Step.Read read) {
      read(read.client(), read.bytes());
    } else if (step instanceof Step.Cut cut && isOpen(cut.client())) {
      links[cut.client()].cut();
    } else if (step instanceof Step.Close close && isOpen(close.client())) {
      clients[close.client()].closes();
      client(close.client()).close();
    } else if (step instanceof Step.Join join && isOpen(join.client())) {
      join(join.client(), setup.topic(join.topic()));
    } else if (step instanceof Step.Leave leave && isOpen(leave.client())) {
      leave(leave.client(), setup.topic(leave.topic()));
    } else if (step instanceof Step.Drop drop) {
      log.dropping(setup.topic(drop.topic()));
      hub.topic(setup.topic(drop.topic())).clear();
    } else if (step instanceof Step.RunTask run) {
      runTask(run.loop());
    } else if (step instanceof Step.RunAll) {
      runAll();
    } else if (step instanceof Step.Advance advance) {
      transport.elapse(Duration.ofNanos(advance.nanos()));
    } else if (step instanceof Step.ExpireClosing) {
      transport.expireClosing();
    } else if (step instanceof Step.Restart restart) {
      stopHub(restart.drained());
      startHub();
    }
    checkIfIdle();
  }

  private void checkIfIdle() {
    if (isIdle()) {
      log.settled(hub.stats());
    }
  }

  private boolean isIdle() {
    return IntStream.range(0, setup.loops()).allMatch(transport::isIdle);
  }

  private void runAll() {
    while (!isIdle()) {
      IntStream.range(0, setup.loops()).forEach(this::runTask);
    }
  }

  private void runTask(int loop) {
    do {
      together = false;
      transport.runTask(loop);
    } while (together);
  }

  private void startHub() {
    hub =
        Hub.builder()
            .callbackExecutor(Runnable::run)
            .nanoClock(this::now)
            .retentionGrace(setup.grace())
            .syncInterval(Duration.ZERO)
            .maxLogBytes(setup.maxLogBytes())
            .topicDefaults(setup.topicOptions())
            .broadcasts(setup.broadcasts())
            .users(setup.userOptions())
            .build();
    try {
      hub.attach(stepped);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    log = new ReferenceLog(setup, hub.lastId().substring(0, 16));
  }

  private void stopHub(boolean drained) {
    meanwhile.clear();
    stepped.drains = drained;
    List<ReferenceClient> reading =
        log.clients.stream().filter(ReferenceClient::isReading).toList();
    hub.close(Duration.ZERO);
    require(
        !drained || reading.stream().noneMatch(ReferenceClient::wasCut),
        "a draining hub closes clients that read in good order");
    require(hub.clients().isEmpty(), "a closed hub has no clients");
    require(
        hub.broadcast("N", 0).status() == PublishResult.Status.CLOSED,
        "a closed hub returns CLOSED");
  }

  /** Lets all clients read, and checks the limits and the end of everything. */
  private void end() {
    meanwhile.clear();
    for (int client = 0; client < links.length; client++) {
      read(client, Long.MAX_VALUE);
    }
    runAll();
    checkIfIdle();
    transport.elapse(setup.grace());
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
    transport.stop();
    runAll();
    checkIfIdle();
    log.trimmed(hub.stats(), topics);
    transport.elapse(Setup.LONGEST_AGE.plusSeconds(1));
    int enough = (int) hub.stats().retainedMessages() + 1;
    publish(new Publish(Step.To.EVERYONE, 0, enough, 0));
    log.aged(hub.stats(), enough);
    stopHub(true);
  }

  /** Publishes twice, because the last message is not offered yet and stays. */
  private void publishOne(Step.To to, int which) {
    for (int i = 0; i < 2; i++) {
      publish(new Publish(to, which, 1, 0));
      runAll();
      checkIfIdle();
      transport.elapse(setup.grace());
    }
  }

  private void publish(Publish publish) {
    for (int i = 0; i < publish.count(); i++) {
      String payload = ++messages + ":" + "x".repeat(publish.pad());
      Message message = Message.of("N", payload);
      switch (publish.to()) {
        case EVERYONE ->
            publish(
                ReferenceLog.BROADCAST,
                payload,
                () -> hub.broadcast(message),
                from -> hub.broadcastExcept(from, message));
        case TOPIC -> {
          String topic = setup.topic(publish.which());
          publish(
              topic,
              payload,
              () -> hub.topic(topic).publish(message),
              from -> hub.topic(topic).publishExcept(from, message));
        }
        case USER -> {
          String user = setup.user(publish.which());
          publish(
              "$user:" + user,
              payload,
              () -> hub.user(user).send(message),
              from -> hub.user(user).sendExcept(from, message));
        }
        case CLIENT -> send(Math.floorMod(publish.which(), links.length), payload, message);
      }
    }
  }

  private void publish(
      String topic,
      String payload,
      Supplier<PublishResult> toAll,
      Function<Client, PublishResult> toOthers) {
    Optional<ReferenceLog.Sender> own =
        sender == NOBODY ? Optional.empty() : Optional.of(clients[sender].sender());
    int ofSender = own.map(ReferenceLog.Sender::bytes).orElse(0);
    String text = log.textOf(topic, payload);
    long from = clock();
    publishing = true;
    PublishResult result = own.isEmpty() ? toAll.get() : toOthers.apply(client(sender));
    publishing = false;
    switch (result.status()) {
      case ACCEPTED -> {
        require(
            result.id().equals(Optional.of(log.id(log.horizon() + 1))), "ids are the hub's order");
        log.accepted(topic, text, own, from, clock(), hub.stats());
      }
      case OVERLOADED -> log.overloaded(topic, text, ofSender, clock());
      case TOO_LARGE -> log.tooLarge(topic, text, ofSender);
      case CLOSED -> throw new Violation("an open hub takes messages");
    }
  }

  private void send(int index, String payload, Message message) {
    if (!isOpen(index)) {
      return;
    }
    ReferenceClient client = clients[index];
    String text = log.textOf(client.privateTopic(), payload);
    long from = clock();
    publishing = true;
    PublishResult result = hub.sendToClient(links[index].clientId(), message);
    publishing = false;
    if (result.status() == PublishResult.Status.TOO_LARGE) {
      log.tooLarge(client.privateTopic(), text, 0);
      return;
    }
    log.looked(clock()); // before the hub checked for room
    client.sentPrivately(result, text.length());
    if (result.status() == PublishResult.Status.ACCEPTED) {
      log.accepted(client.privateTopic(), text, Optional.empty(), from, clock(), hub.stats());
    } else if (result.status() == PublishResult.Status.OVERLOADED) {
      log.overloaded(client.privateTopic(), text, 0, clock());
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
    ReferenceClient client = new ReferenceClient(log, handshake, lastId, clock());
    LinkOptions options =
        LinkOptions.DEFAULT
            .withLoop(step.loop())
            .withWireForm(forms.get(index % setup.forms()))
            .withBufferBytes(setup.bufferBytes())
            .withWholeFrames(step.wholeFrames())
            .withTakesAhead(setup.eager())
            .withReadableBytes(step.readable())
            .withListener(new InForm(client, index % setup.forms()));
    log.clients.add(client);
    int interruptions = meanwhile.size();
    log.looked(client, clock());
    MemoryLink link = transport.connect(handshake, options);
    log.looked(client, clock());
    links[index] = link;
    clients[index] = client;
    client.registered(link.clientId(), clock());
    if (step.readable() == Long.MAX_VALUE && isOpen(index)) {
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
    if (!client(index).topics().contains(topic)) {
      ReferenceClient joining = clients[index];
      joining.asksFor(topic);
      beforeNextTask(index, () -> joining.joins(topic));
      uninterrupted(
          () ->
              require(
                  client(index).join(topic) != joining.isClosing(),
                  "a client may join unless it is being closed"));
    }
  }

  /** Leaves a topic. A leave takes effect at once: the hub takes no more messages of the topic. */
  private void leave(int index, String topic) {
    if (client(index).topics().contains(topic)) {
      ReferenceClient leaving = clients[index];
      leaving.leaves(topic, links[index].isInsideFrame());
      beforeNextTask(index, () -> leaving.left(topic));
      uninterrupted(() -> client(index).leave(topic));
    }
  }

  /** Runs a request without a publication in between, which would separate its two tasks. */
  private void uninterrupted(Runnable request) {
    publishing = true;
    request.run();
    publishing = false;
  }

  /** Runs a change of the model just before the client's loop runs the request. */
  private void beforeNextTask(int index, Runnable change) {
    MemoryLink link = links[index];
    link.loop()
        .execute(
            () -> {
              together = true;
              if (link.closeReason().isEmpty()) {
                change.run();
              }
            });
  }

  private boolean isOpen(int client) {
    return links[client] != null && links[client].closeReason().isEmpty();
  }

  private Client client(int index) {
    return hub.client(links[index].clientId()).orElseThrow();
  }

  private WireForm form(int number) {
    byte[] padding = padding(number);
    return json -> {
      interrupt();
      byte[] padded = Arrays.copyOf(json, json.length + padding.length);
      System.arraycopy(padding, 0, padded, json.length, padding.length);
      return LinkOptions.FRAMES.encode(padded);
    };
  }

  /**
   * Returns what comes after the text in each frame of a wire form, and tells it from the other.
   */
  static byte[] padding(int form) {
    return " ".repeat(form).getBytes(StandardCharsets.US_ASCII);
  }

  /** Takes the texts of one wire form for a client. */
  private final class InForm implements LinkOptions.Listener {
    private final ReferenceClient client;
    private final int padding;

    InForm(ReferenceClient client, int padding) {
      this.client = client;
      this.padding = padding;
    }

    @Override
    public void text(String text) {
      int length = text.length() - padding;
      note(
          () -> {
            require(
                text.substring(length).isBlank() && text.charAt(length - 1) == '}',
                "a client gets frames of its own wire form");
            client.text(text.substring(0, length));
          });
    }

    @Override
    public void closing() {
      note(client::closing);
    }

    @Override
    public void ended(DisconnectReason reason) {
      note(() -> client.ended(reason));
    }

    /** Keeps the first violation: a link takes what its platform throws, and is cut. */
    private void note(Runnable event) {
      try {
        event.run();
      } catch (Violation violation) {
        broken = broken == null ? violation : broken;
        throw violation;
      }
    }
  }

  private long clock() {
    return transport.nanoClock().getAsLong();
  }

  private long now() {
    transport.elapse(Duration.ofNanos(setup.tickNanos()));
    interrupt();
    return clock();
  }

  /** Publishes as another thread would at this moment. */
  private void interrupt() {
    if (!publishing && !meanwhile.isEmpty()) {
      publish(meanwhile.remove());
    }
  }

  /** The transport. Its loops may run at the hub's deadline, before it cuts the clients. */
  private final class Stepped implements Transport {
    boolean drains;

    @Override
    public String name() {
      return transport.name();
    }

    @Override
    public void start(Registrar registrar) {
      transport.start(registrar);
    }

    @Override
    public void stopAccepting(Duration retryAfter) {
      transport.stopAccepting(retryAfter);
    }

    @Override
    public Optional<Duration> retryAfter() {
      return transport.retryAfter();
    }

    @Override
    public void stop() {
      if (drains) {
        runAll();
      }
      transport.stop();
    }
  }
}
