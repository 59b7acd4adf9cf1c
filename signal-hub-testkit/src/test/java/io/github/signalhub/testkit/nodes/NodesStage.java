package io.github.signalhub.testkit.nodes;

import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.PublishResult;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.testkit.SimulatedClient;
import io.github.signalhub.testkit.SimulatedNetwork;
import io.github.signalhub.testkit.backbone.MemoryBackbone;
import io.github.signalhub.testkit.backbone.MemoryEngine;
import io.github.signalhub.testkit.nodes.NodesStory.Act;
import io.github.signalhub.testkit.nodes.NodesStory.Setting;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The hubs and the clients of a {@link NodesStory}. Confined to one thread. */
final class NodesStage {
  static final String STREAM = "stream";
  static final String TABLE = "table";

  private final Setting setting;
  private final SimulatedNetwork network;
  private final MemoryEngine engine;
  private final List<Optional<Node>> nodes = new ArrayList<>();
  private final List<NodesReader> readers = new ArrayList<>();
  private final List<Sent> sent = new ArrayList<>();

  /** What each id names, at all clients. */
  private final Map<String, String> names = new HashMap<>();

  private int started;

  /** A hub with its backbone. */
  private static final class Node {
    private final String name;
    private final Hub hub;
    private final MemoryBackbone backbone;
    private boolean ended;
    private boolean lags;
    private int published;

    private Node(String name, Hub hub, MemoryBackbone backbone) {
      this.name = name;
      this.hub = hub;
      this.backbone = backbone;
    }
  }

  /** A publication, with its text and its last result. */
  private static final class Sent {
    private final Node from;
    private final String topic;
    private final String text;
    private PublishResult result;

    private Sent(Node from, String topic, String text) {
      this.from = from;
      this.topic = topic;
      this.text = text;
    }
  }

  NodesStage(Setting setting) {
    this.setting = setting;
    network = new SimulatedNetwork(setting.seed(), setting.loops());
    engine = new MemoryEngine(network);
    engine.retain(setting.retained());
  }

  void play(List<Act> acts) {
    for (int i = 0; i < NodesStory.NODES; i++) {
      nodes.add(open());
    }
    for (int i = 0; i < NodesStory.CLIENTS; i++) {
      readers.add(new NodesReader(newClient(), setting.loses(), setting.splits(), names));
    }
    network.runFor(Duration.ofSeconds(1)); // all clients are there
    engine.inject(setting.faults());
    network.inject(setting.links());
    acts.forEach(this::play);
    network.heal();
    engine.heal();
    nodes.replaceAll(node -> node.or(this::open));
    network.runFor(Duration.ofMinutes(1)); // the longest back-off is over
    check();
  }

  private SimulatedClient newClient() {
    return network.client().topic(STREAM).topic(TABLE).connect();
  }

  private Optional<Node> open() {
    String name = "n" + ++started;
    MemoryBackbone backbone = engine.backbone(name);
    try {
      Hub hub =
          network.open(
              Hub.builder()
                  .backbone(backbone)
                  .topic(TABLE, TopicOptions.DEFAULT.compactBy(Message::type)));
      return Optional.of(new Node(name, hub, backbone));
    } catch (UncheckedIOException e) { // the engine was away
      return Optional.empty();
    }
  }

  private void play(Act act) {
    if (act instanceof Act.Publish publish) {
      nodes.get(publish.node()).ifPresent(node -> publish(node, publish.count()));
    } else if (act instanceof Act.Put put) {
      nodes.get(put.node()).ifPresent(node -> put(node, put));
    } else if (act instanceof Act.Pass pass) {
      network.runFor(Duration.ofMillis(pass.millis()));
    } else if (act instanceof Act.Replace replace) {
      nodes.get(replace.node()).ifPresent(this::close);
      nodes.set(replace.node(), open());
    } else if (act instanceof Act.Kill kill) {
      nodes.get(kill.node()).ifPresent(this::kill);
      nodes.set(kill.node(), open());
    } else if (act instanceof Act.Lag lag) {
      nodes.get(lag.node()).ifPresent(node -> lag(node, lag.millis()));
      nodes.get((lag.node() + 1) % nodes.size()).ifPresent(node -> publish(node, 2));
      network.runFor(Duration.ofMillis(100)); // clients of other hubs have it
      readers.get(lag.client()).client().cut();
    } else if (act instanceof Act.Cut cut) {
      readers.get(cut.client()).client().cut();
    }
  }

  private void publish(Node node, int count) {
    for (int i = 0; i < count; i++) {
      publish(node, STREAM, "N", false);
    }
  }

  private void put(Node node, Act.Put put) {
    for (int i = 0; i < put.count(); i++) {
      publish(node, TABLE, "K" + (put.key() + i) % 5, put.deletes() && i % 2 == 0);
    }
  }

  private void publish(Node node, String topic, String type, boolean deletes) {
    Sent message = new Sent(node, topic, node.name + ":" + ++node.published);
    message.result = node.hub.topic(topic).publish(type, deletes ? null : message.text);
    message.result.settled().thenAccept(result -> message.result = result);
    sent.add(message);
  }

  /** Pauses a hub's backbone. Two pauses in a row are shorter than a client waits for a hub. */
  private void lag(Node node, long millis) {
    if (!node.lags) {
      node.lags = true;
      node.backbone.pause();
      network.schedule(
          () -> {
            node.lags = false;
            node.backbone.resume();
          },
          Duration.ofMillis(millis));
    }
  }

  private void close(Node node) {
    node.ended = true;
    node.hub.close(Duration.ZERO);
  }

  private void kill(Node node) {
    node.ended = true;
    node.backbone.close();
    network.kill(node.hub);
  }

  private void check() {
    SimulatedClient late = newClient();
    network.runFor(Duration.ofSeconds(5));
    NodesReader newest = new NodesReader(late, true, false, names);
    newest.read();
    for (NodesReader reader : readers) {
      reader.read();
      require(reader.client().isConnected(), reader.client() + " is not connected");
      require(
          reader.table().equals(newest.table()),
          reader.client() + " has the rows " + reader.table() + ", not " + newest.table());
    }
    sent.forEach(this::check);
  }

  private void check(Sent message) {
    PublishResult result = message.result;
    switch (result.status()) {
      case ACCEPTED -> {
        String id = result.id().orElseThrow();
        String name = names.getOrDefault(id, message.text);
        boolean deletes = name.endsWith("null");
        require(deletes || name.endsWith(message.text), id + " is " + message.text + ", " + name);
        // A hub may end together with the engine that placed its message.
        boolean mayBeLost = message.from.ended && setting.loses();
        if (message.topic.equals(STREAM) && !mayBeLost) {
          readers.forEach(reader -> reader.requireSeenOrTold(message.text, id));
        }
      }
      case UNAVAILABLE ->
          require(!names.containsValue(message.text), message.text + " is unavailable, but seen");
      case UNCONFIRMED ->
          require(
              message.from.ended || setting.loses(), message.text + " is unconfirmed for no loss");
      default -> require(false, message.text + " is " + result);
    }
  }

  static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
