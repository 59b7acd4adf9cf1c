package io.github.signalhub.testkit.backbone;

import io.github.signalhub.spi.Backbone.Placed;
import io.github.signalhub.testkit.SimulatedNetwork;
import io.github.signalhub.testkit.backbone.History.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * An engine in memory, which makes several hubs of one program one hub. It is for tests: with the
 * program, it loses everything.
 *
 * <pre>{@code
 * MemoryEngine engine = new MemoryEngine();
 * Hub one = Hub.builder().backbone(engine.backbone("one")).build();
 * Hub two = Hub.builder().backbone(engine.backbone("two")).build();
 * }</pre>
 *
 * <p>In a simulated network, everything between a node and the engine is an event that takes its
 * time. {@link #inject} lets it go wrong as the seed decides. The other methods let it go wrong
 * now.
 *
 * <p>Thread-safe, but within a simulated network confined to the thread of the test.
 */
public final class MemoryEngine {
  /** In so many calls, a replica catches up once. */
  private static final int SAVE_EVERY = 20;

  private final EngineTime time;
  private final SplittableRandom random;
  private final List<MemoryBackbone> nodes = new ArrayList<>();
  private volatile int retained = 100_000;
  private volatile EngineFaults faults = EngineFaults.NONE;
  private EngineServer server;

  /** The replica that took the place of the server for some nodes. */
  private Optional<EngineServer> other = Optional.empty();

  /** What a replica has that lags, or a file. */
  private History saved = new History();

  /** Creates an engine in real time. It has a thread while a node is open. */
  public MemoryEngine() {
    this(new EngineThread(), new SplittableRandom());
  }

  /** Creates an engine in the time of a network, whose seed decides what is left to chance. */
  public MemoryEngine(SimulatedNetwork network) {
    this(new VirtualTime(network), new SplittableRandom(~network.seed()));
  }

  private MemoryEngine(EngineTime time, SplittableRandom random) {
    this.time = time;
    this.random = random;
    server = newServer(new History());
  }

  /**
   * Returns the backbone of a new node.
   *
   * @param name names the node in messages
   */
  public MemoryBackbone backbone(String name) {
    Objects.requireNonNull(name, "name");
    MemoryBackbone[] node = new MemoryBackbone[1];
    time.run(() -> node[0] = new MemoryBackbone(this, name, name + "#" + newNumber()));
    return node[0];
  }

  /**
   * Sets how many publications the engine retains from now on, besides the rows; 100,000 by
   * default.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public void retain(int publications) {
    if (publications < 1) {
      throw new IllegalArgumentException(
          "expected publications of at least 1, was " + publications);
    }
    retained = publications;
  }

  /** Replaces the faults that the seed draws from now on. */
  public void inject(EngineFaults faults) {
    this.faults = Objects.requireNonNull(faults, "faults");
  }

  /** Ends all faults: the engine runs, and all nodes reach it. */
  public void heal() {
    inject(EngineFaults.NONE);
    unite();
    start();
    time.run(
        () ->
            nodes()
                .forEach(
                    node -> {
                      node.mend();
                      node.resume();
                    }));
  }

  /** Stops the engine, as the end of its process does. */
  public void stop() {
    time.run(() -> stop(server));
  }

  /** Starts the engine with everything that it had when it stopped. */
  public void start() {
    time.run(
        () -> {
          if (server.isStopped()) {
            server = newServer(server.history());
          }
        });
  }

  /** Copies what the engine has, as a replica does, or a file. */
  public void save() {
    time.run(() -> saved = new History(server.history()));
  }

  /** Replaces the engine by one that has what was saved last; nothing if nothing was saved. */
  public void failOver() {
    time.run(
        () -> {
          stop(server);
          server = newServer(new History(saved));
        });
  }

  /** Lets the engine lose everything. */
  public void flush() {
    time.run(() -> server.flush());
  }

  /**
   * Starts a second engine with what was saved last. Each new link of a node leads to one of the
   * two, as chance decides. Has no effect if there are two already.
   */
  public void split() {
    time.run(
        () -> {
          if (other.isEmpty()) {
            other = Optional.of(newServer(new History(saved)));
            nodes().forEach(MemoryBackbone::loseLink);
          }
        });
  }

  /** Ends the first of two engines. All nodes reach the second one. */
  public void unite() {
    time.run(
        () -> {
          if (other.isPresent()) {
            stop(server);
            server = other.get();
            other = Optional.empty();
          }
        });
  }

  private void stop(EngineServer stopped) {
    stopped.stop();
    for (MemoryBackbone node : nodes()) {
      if (node.server().filter(stopped::equals).isPresent()) {
        node.loseLink();
      }
    }
  }

  EngineTime time() {
    return time;
  }

  /** Runs an event after the time that a request or an answer takes. */
  void later(Runnable event) {
    time.after(between(faults.minDelay(), faults.maxDelay()), event);
  }

  /** Runs an event after the time that a fault lasts. */
  void muchLater(Runnable event) {
    time.after(between(Duration.ZERO, faults.outage()), event);
  }

  private long between(Duration least, Duration most) {
    return least.equals(most)
        ? least.toNanos()
        : random.nextLong(least.toNanos(), most.toNanos() + 1);
  }

  /** Draws whether a request on a link that is cut arrives nevertheless. */
  boolean drawLate() {
    return random.nextBoolean();
  }

  /** Draws whether something goes wrong, at a call of a node. */
  void drawFault(MemoryBackbone node) {
    if (faults.isNone()) {
      return;
    }
    if (random.nextInt(SAVE_EVERY) == 0) {
      save();
    }
    double dice = random.nextDouble();
    for (EngineFault fault : EngineFault.values()) {
      double probability = faults.probability(fault);
      if (dice >= 0 && dice < probability) {
        cause(fault, node);
      }
      dice -= probability;
    }
  }

  private void cause(EngineFault fault, MemoryBackbone node) {
    switch (fault) {
      case CUT -> cut(node);
      case PAUSE -> {
        node.pause();
        muchLater(node::resume);
      }
      case AWAY -> nodes().forEach(this::cut);
      case RESTART -> {
        stop();
        muchLater(this::start);
      }
      case FAIL_OVER -> failOver();
      case FLUSH -> flush();
      case SPLIT -> {
        split();
        muchLater(
            () -> {
              if (random.nextBoolean()) {
                swap();
              }
              unite();
            });
      }
    }
  }

  private void cut(MemoryBackbone node) {
    node.cut();
    muchLater(node::mend);
  }

  /** Lets the replica be the one that ends. */
  private void swap() {
    other =
        other.map(
            second -> {
              EngineServer first = server;
              server = second;
              return first;
            });
  }

  private List<MemoryBackbone> nodes() {
    return List.copyOf(nodes);
  }

  /** Returns a number that nobody had before. */
  long newNumber() {
    long number = random.nextLong();
    return number == 0 ? newNumber() : number;
  }

  /** Connects a node with the server; empty if that cannot be reached. */
  Optional<Link> connect(MemoryBackbone node) {
    EngineServer reached = other.filter(second -> random.nextBoolean()).orElse(server);
    return node.isCutOff() || reached.isStopped()
        ? Optional.empty()
        : Optional.of(new Link(this, node, reached));
  }

  /** Adds a node that starts. */
  void add(MemoryBackbone node) {
    nodes.add(node);
  }

  /** Removes a node that has closed. */
  void remove(MemoryBackbone node) {
    nodes.remove(node);
  }

  /** Returns the format of the other nodes; empty if there are none. */
  Optional<String> format() {
    return nodes.stream().map(MemoryBackbone::format).findFirst();
  }

  /** Returns the rows by topic and key, with their offsets, as texts. */
  Map<String, String> rows() {
    Map<String, String> rows = new TreeMap<>();
    for (Entry row : server.history().rows(Long.MAX_VALUE)) {
      Placed placed = row.placed();
      rows.put(
          placed.topic() + "/" + placed.key(),
          placed.offset() + " " + new String(placed.body(), StandardCharsets.UTF_8));
    }
    return rows;
  }

  private boolean isOpen(String id) {
    return nodes.stream().anyMatch(node -> node.id().equals(id));
  }

  private EngineServer newServer(History history) {
    return new EngineServer(time, () -> retained, this::isOpen, newNumber(), history);
  }
}
