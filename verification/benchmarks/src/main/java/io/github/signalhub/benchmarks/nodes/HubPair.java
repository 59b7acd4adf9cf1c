package io.github.signalhub.benchmarks.nodes;

import io.github.signalhub.Hub;
import io.github.signalhub.PublishResult;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.redis.RedisBackbone;
import io.github.signalhub.spi.CallbackLink;
import io.github.signalhub.spi.CallbackSender;
import io.github.signalhub.spi.CallbackTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Two nodes of a hub, with one client each.
 *
 * <p>The clients are in the process of their nodes, so that no WebSocket is measured: the floor has
 * none, too. Otherwise they are clients as all others: with a session, and on an event loop.
 */
final class HubPair implements Pair {
  private static final String NAME = "benchmark";
  private static final int TEXTS = 64; // an event loop of the server also writes many at once

  private final List<Node> nodes = new ArrayList<>();

  /** Starts the nodes, and returns when both have a client. */
  HubPair(RedisServer redis, Receiver receiver) throws IOException, InterruptedException {
    for (int i = 0; i < ENDS; i++) {
      nodes.add(new Node(hub(redis.port()), i, receiver));
    }
    for (Node node : nodes) {
      node.greeted.await();
    }
  }

  /** Starts a node, and returns when it has all that Redis retains. */
  static Hub hub(int port) {
    return Hub.builder().backbone(RedisBackbone.of("redis://127.0.0.1:" + port, NAME)).build();
  }

  private static final class Node implements CallbackSender {
    final Hub hub;
    final int number;
    final Receiver receiver;
    final ExecutorService loop = Executors.newSingleThreadExecutor();
    final CountDownLatch greeted = new CountDownLatch(1);
    final CallbackLink link;

    Node(Hub hub, int number, Receiver receiver) throws IOException {
      this.hub = hub;
      this.number = number;
      this.receiver = receiver;
      CallbackTransport transport =
          CallbackTransport.builder("client", loop).loops(1).maxTextsPerSend(TEXTS).build();
      hub.attach(transport);
      link = transport.open(Handshake.builder().controlMessages(true).build(), this);
    }

    @Override
    public void send(String text, Runnable done) {
      send(List.of(text), done);
    }

    @Override
    public void send(List<String> texts, Runnable done) {
      texts.forEach(text -> receiver.receive(number, text));
      greeted.countDown(); // the first text is the greeting
      done.run();
    }

    @Override
    public void close(DisconnectReason reason) {
      link.closed(reason);
    }

    @Override
    public void cut() {}
  }

  /** Returns the newest id that a node has. */
  String lastId(int end) {
    return nodes.get(end).hub.lastId();
  }

  @Override
  public void publish(int end, String payload) throws InterruptedException {
    while (true) {
      PublishResult result = nodes.get(end).hub.broadcast(Traffic.TYPE, payload);
      if (result.isAccepted()) {
        return;
      } else if (!result.isRetryable()) {
        throw new IllegalStateException("expected a message to be accepted, was " + result);
      }
      Thread.sleep(1);
    }
  }

  @Override
  public void add(int end, String payload) throws InterruptedException {
    publish(end, payload);
  }

  @Override
  public void flush(int end) {}

  @Override
  public void close() {
    for (Node node : nodes) {
      node.hub.close();
      node.loop.shutdown();
    }
  }
}
