package io.github.signalhub.examples.nodes;

import static java.net.InetAddress.getLoopbackAddress;

import io.github.signalhub.Hub;
import io.github.signalhub.HubTopic;
import io.github.signalhub.Message;
import io.github.signalhub.PublishResult.Status;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.examples.FlowRunner;
import io.github.signalhub.examples.Main;
import io.github.signalhub.examples.flow.FlowSnapshot;
import io.github.signalhub.examples.flow.StartResult;
import io.github.signalhub.examples.optimize.Suggestion;
import io.github.signalhub.examples.web.Api;
import io.github.signalhub.examples.web.Dashboard;
import io.github.signalhub.examples.web.Page;
import io.github.signalhub.jdkserver.SignalServer;
import io.github.signalhub.redis.RedisBackbone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One node: a hub that shares its messages with the other nodes, the flows that were started here,
 * and a server. Thread-safe.
 */
final class Node implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Node.class.getName());
  private static final Duration DRAIN = Duration.ofSeconds(2);
  private static final String SUGGESTIONS = "suggestions";
  private static final TopicOptions BY_NUMBER =
      TopicOptions.DEFAULT.compactBy(
          suggestion -> String.valueOf(((Map<?, ?>) suggestion.payload()).get("suggestionId")));

  private final String name;
  private final Hub hub;
  private final FlowRunner runner = new FlowRunner(new Events());
  private final FlowTable flows;
  private final LedgerTable ledger;
  private final HubTopic suggestions;
  private final SignalServer server;

  /**
   * Starts a node.
   *
   * @param number its number, from 0
   * @param nodes the number of all nodes
   * @param redis the URL of the Redis that they share
   * @throws UncheckedIOException if Redis cannot be reached
   */
  private Node(int number, int nodes, String redis) throws IOException {
    name = nameOf(number);
    hub =
        Hub.builder()
            .backbone(RedisBackbone.of(redis, "operations"))
            .topic(FlowTable.TOPIC, FlowTable.OPTIONS)
            .topic(LedgerTable.TOPIC, LedgerTable.OPTIONS)
            .topic(SUGGESTIONS, BY_NUMBER)
            .build();
    flows = new FlowTable(hub.topic(FlowTable.TOPIC), runner.definitions());
    ledger = new LedgerTable(hub.topic(LedgerTable.TOPIC), number, nodes);
    suggestions = hub.topic(SUGGESTIONS);
    flows.abandoned(name, Instant.now()).forEach(this::changeFlow);
    server =
        SignalServer.builder(hub)
            .bindAddress(getLoopbackAddress())
            .port(0)
            .path("/ws")
            .handshake(
                request -> // the greeting names the topics, so the page knows its node
                HandshakeDecision.accept()
                        .topics(FlowTable.TOPIC, LedgerTable.TOPIC, SUGGESTIONS, "node:" + name))
            .context("/api", new Api(new State(), hub::lastId))
            .context("/", new Page(Page.class.getClassLoader()))
            .start();
  }

  /** Returns the name of a node: A, B and so on. */
  static String nameOf(int number) {
    return String.valueOf((char) ('A' + number));
  }

  /**
   * Runs a node until it is stopped, or until standard input ends: a node does not outlive the
   * process that started it. Prints its port. The arguments are those of the constructor.
   */
  public static void main(String[] args) throws IOException {
    int number = Integer.parseInt(args[0]);
    Main.logOnOneLine(nameOf(number) + " ");
    Node node;
    try {
      node = new Node(number, Integer.parseInt(args[1]), args[2]);
    } catch (IOException | UncheckedIOException e) {
      System.err.println("node " + nameOf(number) + ": " + e.getMessage());
      System.exit(1);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(node::close, "node-shutdown"));
    System.out.println(node.server.port());
    while (System.in.read() != -1) {
      // nothing is sent
    }
    System.exit(0);
  }

  @Override
  public void close() {
    runner.close();
    server.stop(DRAIN);
    hub.close(DRAIN);
  }

  private void changeFlow(Message change) {
    publish(FlowTable.TOPIC, change);
  }

  /** Publishes a message to the pages of all nodes. Logs one that does not reach them. */
  private void publish(String topic, Message message) {
    hub.topic(topic)
        .publish(message)
        .settled()
        .thenAccept(
            result -> {
              if (!result.isAccepted() && result.status() != Status.CLOSED) {
                LOG.log(Level.WARNING, "A " + message.type() + " may be lost: " + result.status());
              }
            });
  }

  /** Passes what happens to the hub, and with it to all nodes. */
  private final class Events implements FlowRunner.Events {
    @Override
    public void changed(Message change) {
      changeFlow(change);
    }

    /** Nodes that suggest the same give it the same number, so that the pages show it once. */
    @Override
    public void suggested(Suggestion suggestion) {
      int number = List.of(suggestion.flowId(), suggestion.title()).hashCode() & Integer.MAX_VALUE;
      publish(SUGGESTIONS, suggestion.withNumber(number).toNotification().toMessage());
    }

    @Override
    public void book(long flowId, String description, BigDecimal amount, String currency)
        throws IOException {
      ledger.book(flowId, description, amount, currency);
    }
  }

  /** What the pages fetch: the tables, which are the same on every node. */
  private final class State implements Dashboard {
    @Override
    public List<FlowSnapshot> flows() {
      return flows.snapshot();
    }

    @Override
    public List<?> entries() {
      return ledger.recent();
    }

    @Override
    public List<?> suggestions() {
      return suggestions.history(HubTopic.MAX_HISTORY).messages().stream()
          .map(retained -> retained.message().payload())
          .toList();
    }

    /**
     * {@inheritDoc}
     *
     * <p>If two nodes are asked within a few milliseconds, both may run the flow. Both runs are
     * booked.
     */
    @Override
    public synchronized StartResult start(long flowId) {
      if (!flows.has(flowId)) {
        return new StartResult.UnknownFlow();
      }
      var other = flows.runnerOf(flowId).filter(node -> !node.equals(name));
      if (other.isPresent()) {
        return new StartResult.Elsewhere(other.get());
      }
      changeFlow(FlowTable.runner(flowId, name));
      return runner.start(flowId);
    }
  }
}
