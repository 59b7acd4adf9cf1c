package io.github.signalhub.testkit.nodes;

import io.github.signalhub.Hub;
import io.github.signalhub.HubBuilder;
import io.github.signalhub.PublishResult;
import io.github.signalhub.json.Json;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.testkit.SimulatedNetwork;
import io.github.signalhub.testkit.backbone.MemoryBackbone;
import io.github.signalhub.testkit.backbone.MemoryEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Two nodes of a hub on one engine, in virtual time. Confined to the test's thread. */
final class TwoNodes {
  final SimulatedNetwork network = new SimulatedNetwork(1);
  final MemoryEngine engine = new MemoryEngine(network);
  private final UnaryOperator<HubBuilder> options;
  private final List<Node> all = new ArrayList<>();
  final Node one;
  final Node two;

  /** A node with its clients' links. */
  final class Node {
    final MemoryTransport transport = new MemoryTransport();
    final MemoryBackbone backbone;
    final Hub hub;

    private Node(String name) {
      backbone = engine.backbone(name);
      hub =
          options
              .apply(Hub.builder())
              .backbone(backbone)
              .nanoClock(network.clock().nanoClock())
              .callbackExecutor(Runnable::run)
              .build();
      try {
        hub.attach(transport);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      all.add(this);
    }

    /** Connects a client that asked for control messages, and settles. */
    MemoryLink connect(Handshake.Builder handshake) {
      return connectPlain(handshake.controlMessages(true));
    }

    MemoryLink connect(String... topics) {
      Handshake.Builder handshake = Handshake.builder();
      List.of(topics).forEach(handshake::topic);
      return connect(handshake);
    }

    MemoryLink connectPlain(Handshake.Builder handshake) {
      MemoryLink link = transport.connect(handshake.build());
      settle();
      return link;
    }
  }

  TwoNodes() {
    this(options -> options);
  }

  TwoNodes(UnaryOperator<HubBuilder> options) {
    this.options = options;
    one = new Node("one");
    two = new Node("two");
  }

  /** Opens one more node. */
  Node late() {
    return new Node("late");
  }

  /** Runs everything for a tenth of a second. */
  void settle() {
    runFor(Duration.ofMillis(100));
  }

  void runFor(Duration time) {
    Duration tick = Duration.ofMillis(1);
    for (Duration left = time; !left.isNegative(); left = left.minus(tick)) {
      for (Node node : List.copyOf(all)) {
        node.transport.advance(tick);
      }
      network.runFor(tick);
    }
    all.forEach(node -> node.transport.run());
  }

  /** Settles, and returns the outcome of a publication. */
  PublishResult settled(PublishResult pending) {
    settle();
    return pending.settled().toCompletableFuture().join();
  }

  static List<Map<String, Object>> received(MemoryLink link) {
    List<Map<String, Object>> all = new ArrayList<>();
    link.received().forEach(text -> all.add(message(text)));
    return all;
  }

  private static Map<String, Object> message(String text) {
    Map<String, Object> members = new LinkedHashMap<>();
    ((Map<?, ?>) Json.parse(text)).forEach((name, value) -> members.put((String) name, value));
    return members;
  }

  /** Returns the messages of one type. */
  static List<Map<String, Object>> received(MemoryLink link, String type) {
    return received(link).stream().filter(message -> type.equals(message.get("type"))).toList();
  }

  static Object payload(Map<?, ?> message, String member) {
    return ((Map<?, ?>) message.get("payload")).get(member);
  }
}
