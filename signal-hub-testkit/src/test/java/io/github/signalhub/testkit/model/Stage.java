package io.github.signalhub.testkit.model;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.PublishResult;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.testkit.Guarantee;
import io.github.signalhub.testkit.SimulatedClient;
import io.github.signalhub.testkit.SimulatedNetwork;
import io.github.signalhub.testkit.model.Act.From;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Plays a story on a real hub. Not thread-safe. */
final class Stage {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Duration DELAYS = Duration.ofMillis(200); // longer than any delay on the way
  private static final String OTHER_EPOCH = "0123456789abcdef-0000000000000001";

  private final Setting setting;
  private final SimulatedNetwork network;
  private final Guarantee guarantee;
  private final Watcher[] watchers;
  private final List<String> ids = new ArrayList<>();
  private final Rights rights = new Rights();
  private final States states = new States(rights, this::publishTo, this::sentState);
  private final Questions questions;
  private final Map<String, Truth> truths = new HashMap<>(); // by epoch of the hub
  private Hub hub;
  private Truth truth;
  private int messages;

  /** The client that publishes now and is not sent what it publishes; {@code null}: none. */
  private Watcher sender;

  /** The number of each client's connections when the hub was opened. */
  private final Map<SimulatedClient, Integer> before = new HashMap<>();

  private Stage(Setting setting) {
    this.setting = setting;
    network = new SimulatedNetwork(setting.seed(), setting.loops());
    guarantee = new Guarantee(network);
    questions = new Questions(network);
    for (int topic = 0; topic < setting.topics(); topic++) {
      String name = setting.topic(topic);
      setting.options(name).keyAge().ifPresent(age -> guarantee.keysAge(name, age));
      if (setting.hasState(topic)) {
        guarantee.initialStates(name, arrival -> States.completeUpTo(name, arrival));
      }
    }
    watchers = new Watcher[setting.clients()];
    open();
    network.inject(setting.faults());
  }

  /**
   * Plays a story to its end.
   *
   * @throws AssertionError if the guarantee is broken
   */
  static void play(Setting setting, List<Act> acts) {
    Stage stage = new Stage(setting);
    for (Act act : acts) {
      stage.play(act);
      stage.rights.check(stage.hub);
      stage.states.check();
      stage.questions.check();
    }
    stage.end();
  }

  static void require(boolean holds, String rule) {
    if (!holds) {
      throw new AssertionError(rule);
    }
  }

  private void open() {
    rights.restarted();
    before.clear();
    for (Watcher watcher : watchers) {
      if (watcher != null) {
        before.put(watcher.client(), watcher.client().connections());
      }
    }
    truth = new Truth(setting);
    ids.clear();
    hub =
        network.open(
            Hub.builder()
                .topic("s*", setting.stream())
                .topic("c*", setting.table())
                .broadcasts(setting.broadcasts())
                .users(setting.user())
                .maxLogBytes(setting.maxLogBytes())
                .maxTableBytes(setting.maxTableBytes())
                .retentionGrace(setting.grace())
                .syncInterval(setting.sync())
                .authorizeJoins(rights::decide));
    truths.put(hub.lastId().substring(0, 16), truth);
    questions.answerAt(hub);
    for (int topic = 0; topic < setting.topics(); topic++) {
      if (setting.hasState(topic)) {
        states.sendAt(hub, setting.topic(topic));
      }
    }
  }

  /** Publishes to a topic, whatever it is. */
  private void publishTo(String topic) {
    if (topic.startsWith("c")) {
      put(topic, "k0", false, 0);
    } else {
      publish(topic, 0);
    }
  }

  private void play(Act act) {
    if (act instanceof Act.Publish publish) {
      for (int i = 0; i < publish.count() && !setting.isTable(publish.topic()); i++) {
        publish(setting.topic(publish.topic()), publish.pad());
      }
    } else if (act instanceof Act.Put put) {
      for (int i = 0; i < put.count(); i++) {
        String key = "k" + (put.key() + i) % setting.keys();
        put(setting.topic(put.table()), key, put.delete() ^ i % 2 == 1, put.pad());
      }
    } else if (act instanceof Act.Drop drop) {
      drop(setting.topic(drop.topic()));
    } else if (act instanceof Act.Broadcast broadcast) {
      for (int i = 0; i < broadcast.count(); i++) {
        Message message = message(broadcast.pad());
        PublishResult result =
            from()
                .map(client -> hub.broadcastExcept(client, message))
                .orElseGet(() -> hub.broadcast(message));
        guarantee().broadcast(result);
        published("", message, null, result);
      }
    } else if (act instanceof Act.SendToUser send) {
      for (int i = 0; i < send.count(); i++) {
        String user = setting.user(send.user());
        Message message = message(0);
        PublishResult result =
            from()
                .map(client -> hub.user(user).sendExcept(client, message))
                .orElseGet(() -> hub.user(user).send(message));
        guarantee().sentToUser(user, result);
        published(user, message, null, result);
      }
    } else if (act instanceof Act.FromClient own && has(own.client())) {
      sender = watchers[own.client()];
      play(own.publication());
      sender = null;
    } else if (act instanceof Act.Newcomer newcomer) {
      newcomer(newcomer);
    } else if (act instanceof Act.Steps steps) {
      for (int i = 0; i < steps.count(); i++) {
        network.step();
      }
    } else if (act instanceof Act.Pass pass) {
      network.runFor(Duration.ofMillis(pass.millis()));
    } else if (act instanceof Act.Restart) {
      hub.close(Duration.ZERO);
      open();
    } else {
      ofClient(act);
    }
  }

  private void ofClient(Act act) {
    if (act instanceof Act.Join join && isTold(join.client())) {
      join(client(join.client()), join);
    } else if (act instanceof Act.Leave leave && isTold(leave.client())) {
      leave(client(leave.client()), setting.topic(leave.topic()), leave.asks());
    } else if (act instanceof Act.Revoke revoke && isTold(revoke.client())) {
      revoke(client(revoke.client()), revoke);
    } else if (act instanceof Act.RevokeFromUser revoke && isTold(revoke.client())) {
      revokeFromUser(client(revoke.client()), setting.topic(revoke.topic()));
    } else if (act instanceof Act.Disconnect disconnect && has(disconnect.client())) {
      disconnect(client(disconnect.client()));
    } else if (act instanceof Act.TakeAway take && isTold(take.client())) {
      takeAway(watchers[take.client()], take);
    } else if (act instanceof Act.Ask ask && isTold(ask.client())) {
      questions.ask(client(ask.client()), ask.pad(), ask.laterMillis());
    } else if (act instanceof Act.Read read && has(read.client())) {
      client(read.client()).read(read.bytes());
    } else if (act instanceof Act.Cut cut && has(cut.client())) {
      client(cut.client()).cut();
    } else if (act instanceof Act.Silence silence && has(silence.client())) {
      client(silence.client()).goSilent();
    } else if (act instanceof Act.Close close && has(close.client())) {
      client(close.client())
          .clientId()
          .flatMap(hub::client)
          .ifPresent(client -> client.close(new DisconnectReason(close.code(), "")));
    } else if (act instanceof Act.Return back && has(back.client())) {
      if (!client(back.client()).isConnected()) {
        client(back.client()).connect();
      }
    }
  }

  /** Returns the client that publishes now, if there is one and it is connected. */
  private Optional<Client> from() {
    return Optional.ofNullable(sender)
        .flatMap(watcher -> watcher.client().clientId())
        .flatMap(hub::client);
  }

  private Guarantee guarantee() {
    return from().isPresent() ? guarantee.except(sender.client()) : guarantee;
  }

  private PublishResult publish(String topic, Message message) {
    return from()
        .map(client -> hub.topic(topic).publishExcept(client, message))
        .orElseGet(() -> hub.topic(topic).publish(message));
  }

  private void publish(String topic, int pad) {
    Message message = message(pad);
    PublishResult result = publish(topic, message);
    guarantee().published(topic, result);
    published(topic, message, null, result);
  }

  private void put(String topic, String key, boolean delete, int pad) {
    if (!topic.startsWith("c")) {
      return;
    }
    Message message = Message.of(key, delete ? null : ++messages + ":" + "x".repeat(pad));
    boolean full =
        !delete
            && !truth.table(topic).containsKey(key)
            && truth.table(topic).size() >= setting.table().maxKeys();
    PublishResult result = publish(topic, message);
    boolean tooMany = result.status() == PublishResult.Status.TOO_MANY_KEYS;
    boolean keysMayHaveLeft = setting.table().keyAge().isPresent();
    require(
        full == tooMany
            || keysMayHaveLeft
            || result.status() == PublishResult.Status.OVERLOADED
            || result.status() == PublishResult.Status.TOO_LARGE
            || !full && result.status() == PublishResult.Status.TABLES_FULL,
        "a table keeps to its limit of keys: " + result + " of " + truth.table(topic).keySet());
    require(
        hub.stats().tableBytes() <= setting.maxTableBytes(),
        "tables keep to their budget: " + hub.stats());
    require(
        result.status() != PublishResult.Status.TABLES_FULL
            || truth.mostTableBytes(topic, key, pad) > setting.maxTableBytes(),
        "TABLES_FULL only while keys fill the budget: " + truth.mostTableBytes(topic, key, pad));
    if (delete) {
      guarantee().deleted(topic, key, result);
    } else {
      guarantee().published(topic, key, result);
    }
    if (from().isPresent()) {
      result.id().ifPresent(id -> sender.sent(topic, key, message.payload(), id));
    }
    published(topic, message, key, result);
  }

  private void drop(String topic) {
    hub.topic(topic).clear();
    truth.dropped(topic);
    if (topic.startsWith("c")) {
      guarantee.cleared(topic);
    }
  }

  private Message message(int pad) {
    return Message.of("N", ++messages + ":" + "x".repeat(pad));
  }

  private void published(String topic, Message message, String key, PublishResult result) {
    require( // wire forms of live keys may have filled the budget before the refusal
        !result.isAccepted() || hub.stats().retainedBytes() <= setting.maxLogBytes(),
        "the log stays within its limit: " + hub.stats());
    require(result.status() != PublishResult.Status.CLOSED, "an open hub takes messages");
    if (result.status() == PublishResult.Status.TOO_LARGE) {
      return;
    }
    int bytes = 80 + topic.length() + String.valueOf(message.payload()).length();
    boolean deletion = key != null && message.payload() == null;
    String id = result.id().orElse("");
    int ofSender = from().isPresent() ? 200 : 0; // at least what a sender counts
    Truth.Sent sent = new Truth.Sent(topic, id, key, deletion, now(), bytes + ofSender);
    if (result.isAccepted()) {
      ids.add(id);
      truth.published(sent, message.payload());
    } else {
      truth.refused(sent);
    }
  }

  private void newcomer(Act.Newcomer newcomer) {
    if (has(newcomer.client())) {
      client(newcomer.client()).close();
    }
    SimulatedClient.Builder builder = network.client();
    for (int topic = 0; topic < setting.topics(); topic++) {
      boolean follows = (newcomer.topics() & 1 << topic) != 0;
      boolean forAll = !setting.isTable(topic) && !setting.hasState(topic);
      if (follows && (forAll || !newcomer.plain())) {
        String name = setting.topic(topic);
        boolean elsewhere = (newcomer.starts() & 1 << topic) != 0 && !newcomer.plain();
        boolean claims = newcomer.after() == From.OLDER && setting.isTable(topic);
        Optional<String> start =
            elsewhere || claims ? start(topic, newcomer.from()) : Optional.empty();
        start.ifPresentOrElse(id -> builder.topic(name, id), () -> builder.topic(name));
      }
    }
    if (newcomer.user() >= 0) {
      builder.user(setting.user(newcomer.user()));
    }
    if (newcomer.plain()) {
      builder.plain();
    }
    if (setting.seed() % 5 == 1) { // the other stories stay the same
      builder.expiresIn(Duration.ofSeconds(1 + Math.floorMod(setting.seed() / 5, 20)));
    }
    id(newcomer.after()).ifPresent(builder::after);
    SimulatedClient client = builder.build();
    watchers[newcomer.client()] =
        new Watcher(client, newcomer.plain(), truths::get, rights, this::hasState, this::now);
    client.connect();
  }

  private Optional<String> id(From from) {
    String start = hub.lastId().substring(0, 17) + "0".repeat(16);
    return switch (from) {
      case NOW -> Optional.empty();
      case START -> Optional.of(start);
      case OLDER -> Optional.of(ids.isEmpty() ? start : ids.get(ids.size() / 2));
      case NONSENSE -> Optional.of("no id\"\u0000");
      case OTHER_EPOCH -> Optional.of(OTHER_EPOCH);
      case BEYOND -> Optional.of(hub.lastId().substring(0, 17) + "9" + "0".repeat(15));
    };
  }

  /** Returns a start that claims no part of a table that the client does not have. */
  private Optional<String> start(int topic, From from) {
    boolean claims = from == From.OLDER || from == From.NOW;
    return id(setting.isTable(topic) && claims ? From.START : from);
  }

  private void join(SimulatedClient client, Act.Join join) {
    String topic = setting.topic(join.topic());
    Optional<String> after = start(join.topic(), join.from());
    if (join.asks()) {
      after.ifPresentOrElse(id -> client.join(topic, id), () -> client.join(topic));
    } else {
      Optional<String> valid = after.filter(id -> id.matches("[0-9a-f]{16}-[0-9]{16}"));
      client
          .clientId()
          .flatMap(hub::client)
          .ifPresent(
              c -> {
                rights.given(c, topic);
                valid.ifPresentOrElse(id -> c.join(topic, id), () -> c.join(topic));
              });
    }
  }

  private void revoke(SimulatedClient client, Act.Revoke revoke) {
    String topic = setting.topic(revoke.topic());
    client
        .clientId()
        .flatMap(hub::client)
        .ifPresent(
            asking -> {
              rights.revokeWhenAsked(asking, topic, hub);
              start(revoke.topic(), revoke.from())
                  .ifPresentOrElse(id -> client.join(topic, id), () -> client.join(topic));
            });
  }

  private void revokeFromUser(SimulatedClient client, String topic) {
    boolean plain = // a plain client gets no message that it left
        Arrays.stream(watchers)
            .filter(Objects::nonNull)
            .filter(watcher -> watcher.client().user().equals(client.user()))
            .anyMatch(Watcher::isPlain);
    if (client.user().isPresent() && !plain) {
      connectAnew(client);
      List<SimulatedClient> clients =
          watchersOf(client.user()).stream().map(Watcher::client).toList();
      rights.revoke(client.user().get(), topic, hub, clients);
    }
  }

  private void disconnect(SimulatedClient client) {
    if (client.user().isPresent()) {
      connectAnew(client);
      hub.user(client.user().get()).disconnect(new DisconnectReason(4_200, ""));
      watchersOf(client.user()).forEach(watcher -> watcher.disconnected(hub.lastId()));
    }
  }

  private void connectAnew(SimulatedClient client) {
    client.close();
    client.connect();
  }

  /** Returns the clients of a user whose handshake went to the current hub. */
  private List<Watcher> watchersOf(Optional<String> user) {
    return Arrays.stream(watchers)
        .filter(Objects::nonNull)
        .filter(watcher -> watcher.client().user().equals(user))
        .filter(watcher -> watcher.client().isConnected())
        .filter(
            watcher -> watcher.client().connections() > before.getOrDefault(watcher.client(), 0))
        .toList();
  }

  private void takeAway(Watcher watcher, Act.TakeAway take) {
    SimulatedClient client = watcher.client();
    String topic = setting.topic(take.topic());
    client.read(take.bytes());
    start(take.topic(), From.START).ifPresent(id -> client.join(topic, id));
    network.runFor(DELAYS);
    for (int i = 0; i < take.repeats(); i++) {
      client.join(topic);
    }
    network.runFor(DELAYS);
    client.read(0);
    int connection = client.connections();
    client.clientId().flatMap(hub::client).ifPresent(c -> rights.revoke(c, topic, hub));
    network.runFor(DELAYS);
    if (client.connections() == connection) {
      watcher.takenAway(topic);
    }
    client.resume();
  }

  private void leave(SimulatedClient client, String topic, boolean asks) {
    if (asks) {
      client.leave(topic);
    } else {
      client.clientId().flatMap(hub::client).ifPresent(leaving -> leaving.leave(topic));
    }
  }

  /** Ends all faults, lets all clients reconnect and read, and checks every promise. */
  private void end() {
    states.publishNoMore();
    network.heal();
    for (Watcher watcher : watchers) {
      if (watcher != null) {
        watcher.client().resume();
      }
    }
    network.runFor(LONG);
    for (Watcher watcher : watchers) {
      if (watcher != null && !watcher.client().isConnected()) {
        watcher.client().connect();
      }
    }
    network.runFor(LONG);
    if (setting.table().keyAge().isPresent()) { // all keys are too old by now
      play(new Act.Broadcast(1, 0));
      network.runFor(LONG);
      truth.forgetKeys();
    }
    for (Watcher watcher : watchers) {
      if (watcher != null) {
        checkEverything(watcher);
      }
    }
    trim();
  }

  private void checkEverything(Watcher watcher) {
    guarantee.checkComplete(watcher.client());
    questions.checkComplete(watcher.client());
    for (String topic : watcher.client().topics()) {
      if (topic.startsWith("c")) {
        require(
            watcher.table(topic).equals(truth.table(topic)),
            "tables are equal at rest: "
                + watcher.client()
                + " has "
                + watcher.table(topic)
                + " instead of "
                + truth.table(topic)
                + " of "
                + topic);
      }
    }
  }

  /** Checks that the hub drops messages that all clients have read, as its limits require. */
  private void trim() {
    for (int i = 0; i < 2; i++) {
      for (int topic = 0; topic < setting.topics(); topic++) {
        play(new Act.Publish(topic, 1, 0));
        play(new Act.Put(topic, 0, true, 1, 0));
      }
      play(new Act.Broadcast(1, 0));
      for (int user = 0; user < setting.users(); user++) {
        play(new Act.SendToUser(user, 1));
      }
      network.runFor(setting.grace().plusSeconds(1));
    }
    require(
        hub.stats().retainedMessages() <= truth.most(),
        "topics keep their limits: " + hub.stats() + " instead of " + truth.most());
    hub.close(Duration.ZERO);
    network.runFor(Duration.ofSeconds(1));
    require(hub.clients().isEmpty(), "a closed hub has no clients");
    states.end();
  }

  private void sentState(Message state) {
    int bytes = 80 + String.valueOf(state.payload()).length();
    truth.published(new Truth.Sent(Truth.STATES, hub.lastId(), null, false, now(), bytes), null);
  }

  private boolean hasState(String topic) {
    for (int i = 0; i < setting.topics(); i++) {
      if (setting.hasState(i) && setting.topic(i).equals(topic)) {
        return true;
      }
    }
    return false;
  }

  private long now() {
    return network.clock().elapsed().toNanos();
  }

  private boolean has(int client) {
    return watchers[client] != null;
  }

  /** Returns whether there is a client with control messages at this number. */
  private boolean isTold(int client) {
    return has(client) && !watchers[client].isPlain();
  }

  private SimulatedClient client(int index) {
    return watchers[index].client();
  }
}
