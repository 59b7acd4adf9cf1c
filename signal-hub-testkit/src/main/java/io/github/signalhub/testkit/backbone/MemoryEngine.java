package io.github.signalhub.testkit.backbone;

import io.github.signalhub.testkit.SimulatedNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

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
 * time.
 *
 * <p>Thread-safe, but within a simulated network confined to the thread of the test.
 */
public final class MemoryEngine {
  private final EngineTime time;
  private final SplittableRandom random;
  private final List<MemoryBackbone> nodes = new ArrayList<>();
  private volatile int retained = 100_000;
  private EngineServer server;

  /** Creates an engine in real time. It has a thread while a node is open. */
  public MemoryEngine() {
    this(new EngineThread(), new SplittableRandom());
  }

  /** Creates an engine in the time of a network, whose seed decides what is left to chance. */
  public MemoryEngine(SimulatedNetwork network) {
    this(new VirtualTime(network), new SplittableRandom(network.seed()));
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

  EngineTime time() {
    return time;
  }

  /** Runs an event after the time that a request or an answer takes. */
  void later(Runnable event) {
    time.after(0, event);
  }

  /** Returns a number that nobody had before. */
  long newNumber() {
    long number = random.nextLong();
    return number == 0 ? newNumber() : number;
  }

  /** Connects a node with the server; empty if that cannot be reached. */
  Optional<Link> connect(MemoryBackbone node) {
    return Optional.of(new Link(this, server));
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

  private EngineServer newServer(History history) {
    return new EngineServer(time, () -> retained, newNumber(), history);
  }
}
