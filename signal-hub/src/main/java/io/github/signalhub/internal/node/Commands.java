package io.github.signalhub.internal.node;

import io.github.signalhub.internal.logger.Episode;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.json.Json;
import io.github.signalhub.spi.Backbone;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * What the application asks all nodes to do, such as to disconnect a user. A command has its place
 * in the one order, so it comes before everything that is published after it. It is done once on
 * each node. The node that gave it has done it before, and passes its own.
 *
 * <p>A command that does not get its place is published again, for as long as it takes: to do one
 * twice changes nothing. It is not if a newer one about the same user and topic was given: it would
 * come after that. Thread-safe.
 */
final class Commands {
  /** The topic of commands. */
  static final String TOPIC = "$commands";

  /** So many are kept while the engine is away. */
  private static final int MAX_UNTOLD = 10_000;

  private final String node;
  private final Predicate<Backbone.Publication> publish;
  private final Consumer<List<String>> receiver;
  private final Episode lost;

  /** Those that have no place, and are not on their way. Guarded by this. */
  private final Queue<Command> untold = new ArrayDeque<>();

  /** The newest that has no place yet, by what it is about. Guarded by this. */
  private final Map<List<String>, Command> newest = new HashMap<>();

  /**
   * A command of this node. Immutable.
   *
   * @param about the user, and the topic if any
   */
  private record Command(List<String> about, byte[] body) {}

  /**
   * Creates a place for commands.
   *
   * @param node names this node
   * @param publish hands a publication over
   * @param receiver does a command; throws {@link IllegalArgumentException} if it is none
   */
  Commands(
      String node,
      Predicate<Backbone.Publication> publish,
      Consumer<List<String>> receiver,
      LongSupplier nanoClock) {
    this.node = node;
    this.publish = publish;
    this.receiver = receiver;
    this.lost = new Episode(nanoClock);
  }

  /** Has a command done on all other nodes. */
  void tell(List<String> command) {
    List<String> named = new ArrayList<>(List.of(node));
    named.addAll(command);
    Command told =
        new Command(command.subList(1, command.size() > 2 ? 3 : 2), Json.writeBytes(named));
    synchronized (this) {
      newest.put(told.about, told);
    }
    publish(told);
  }

  private void publish(Command command) {
    Backbone.Publication publication =
        new Backbone.Publication(
            Backbone.Kind.MESSAGE,
            TOPIC,
            "",
            0,
            command.body,
            settled -> {
              if (settled instanceof Backbone.At) {
                forget(command);
              } else {
                keep(command);
              }
            });
    if (!publish.test(publication)) {
      keep(command);
    }
  }

  private synchronized void forget(Command placed) {
    if (newest.get(placed.about) == placed) {
      newest.remove(placed.about);
    }
  }

  private void keep(Command command) {
    boolean dropped;
    synchronized (this) {
      if (newest.get(command.about) != command) {
        return;
      }
      untold.add(command);
      dropped = untold.size() > MAX_UNTOLD;
      if (dropped) {
        forget(untold.remove());
      }
    }
    if (dropped && lost.begins()) {
      HubLogger.HUB.log(
          Level.WARNING,
          "The other nodes are not told to disconnect users, or to take topics from them: {0} such"
              + " commands wait for the engine of the nodes already",
          MAX_UNTOLD);
    }
  }

  /** Publishes again what has no place. */
  void tick() {
    List<Command> again;
    synchronized (this) {
      untold.removeIf(command -> newest.get(command.about) != command);
      again = List.copyOf(untold);
      untold.clear();
    }
    again.forEach(this::publish);
  }

  /**
   * Does a command of another node.
   *
   * @throws IllegalArgumentException if it is none
   */
  void apply(Backbone.Placed placed) {
    List<String> command = Texts.parse(placed.body());
    if (command.size() < 2 || command.contains(null)) {
      throw new IllegalArgumentException("expected a command of a node");
    }
    if (!node.equals(command.get(0))) {
      receiver.accept(command.subList(1, command.size()));
    }
  }
}
