package io.github.signalhub.testkit.backbone;

import io.github.signalhub.spi.Backbone.Claim;
import io.github.signalhub.spi.Backbone.Publication;
import io.github.signalhub.testkit.backbone.History.Done;
import io.github.signalhub.testkit.backbone.History.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Predicate;

/**
 * One incarnation of the engine: a process from its start, or from its promotion, to its end. Each
 * request is one indivisible step.
 *
 * <p>The fence: an epoch belongs to one incarnation. A server that starts with an older history may
 * have lost a part of it. So it places nothing before a node has {@linkplain #hello adopted} it,
 * which begins a new epoch.
 *
 * <p>Confined to the engine's thread.
 */
final class EngineServer {
  private static final int MAX_READ = 1_000;

  /** So long a read waits for a publication. Its answer tells the node that there is none. */
  private static final long MAX_WAIT_NANOS = 200_000_000;

  private final EngineTime time;
  private final IntSupplier retained;
  private final Predicate<String> isOpen;
  private final long incarnation;
  private final List<Runnable> waitingReads = new ArrayList<>();
  private History history;
  private boolean stopped;

  /**
   * The answer to a node that says hello.
   *
   * @param isFirst whether the node began the epoch
   * @param anew what the node begins anew with; empty if it can go on with what it has
   */
  record Welcome(long epoch, long base, long last, boolean isFirst, Optional<Snapshot> anew) {}

  /** The rows up to a floor. All publications after it are retained. */
  record Snapshot(long floor, List<Entry> rows) {}

  /** The answer to a hand-over: the place of the last publication. */
  record Placement(long offset) {}

  /** The answer to a read: the next publications, and the newest offset of the server. */
  record Next(List<Entry> entries, long last) {}

  /**
   * Creates a server that runs.
   *
   * @param retained how many publications it retains
   * @param isOpen returns whether a node still runs
   * @param history what it has; not used by others any more
   */
  EngineServer(
      EngineTime time,
      IntSupplier retained,
      Predicate<String> isOpen,
      long incarnation,
      History history) {
    this.time = time;
    this.retained = retained;
    this.isOpen = isOpen;
    this.incarnation = incarnation;
    this.history = history;
  }

  History history() {
    return history;
  }

  /** Loses everything, but stays the same server. */
  void flush() {
    history = new History();
  }

  /** Ends. From now on it answers nothing. */
  void stop() {
    stopped = true;
  }

  boolean isStopped() {
    return stopped;
  }

  /**
   * Agrees with a node on the epoch. Begins a new one if this server is not the one of its
   * history's epoch, or if the offsets would go back on the node.
   *
   * @param epoch the node's epoch; 0 if it has none
   * @param known the newest offset that the node has
   * @param newEpoch an epoch that nobody had before
   */
  Welcome hello(String node, long epoch, long known, long newEpoch) {
    boolean goesBack = history.epoch() == epoch ? known > history.last() : known >= history.base();
    if (!isAdopted() || goesBack) {
      history.begin(newEpoch, incarnation, node, known);
      history.trim(retained.getAsInt());
      wakeReads();
    }
    boolean goesOn = history.epoch() == epoch && known >= history.floor();
    long floor = history.floor();
    return new Welcome(
        history.epoch(),
        history.base(),
        history.last(),
        history.firstNode().equals(node),
        goesOn ? Optional.empty() : Optional.of(new Snapshot(floor, history.rows(floor))));
  }

  /**
   * Places a node's publications, but not those that it placed before.
   *
   * @param firstNumber the number of the first one; the others follow
   * @return empty if the node has another epoch, and has to say hello
   */
  Optional<Placement> place(
      String node, long epoch, long firstNumber, List<Publication> publications) {
    if (!isIn(epoch)) {
      return Optional.empty();
    }
    for (int i = 0; i < publications.size(); i++) {
      history.place(publications.get(i), node, firstNumber + i, time.nanos());
    }
    Done done = history.done(node);
    history.trim(retained.getAsInt());
    wakeReads();
    return Optional.of(new Placement(done.offset()));
  }

  /**
   * Reads on. Waits if there is nothing yet.
   *
   * @param answer gets the next publications, or nothing if the node has to say hello: it has
   *     another epoch, or publications have left that it has not seen
   */
  void read(long epoch, long after, Consumer<Optional<Next>> answer) {
    if (isIn(epoch) && history.last() == after) {
      Runnable read = () -> answer.accept(next(epoch, after));
      waitingReads.add(read);
      time.after(
          MAX_WAIT_NANOS,
          () -> {
            if (!stopped && waitingReads.remove(read)) {
              read.run();
            }
          });
    } else {
      answer.accept(next(epoch, after));
    }
  }

  /** Returns the newest offset; empty if the node has another epoch, and has to say hello. */
  Optional<Long> last(long epoch) {
    return isIn(epoch) ? Optional.of(history.last()) : Optional.empty();
  }

  /** Claims a message of a client for a node. */
  Claim claim(String node, String session, String ref) {
    return history.claims().claim(session, ref, node, time.nanos(), isOpen);
  }

  /** Keeps the outcome of a message. Returns {@code true}: it has an answer like other requests. */
  boolean keep(String node, String session, String ref, byte[] outcome) {
    history.claims().keep(session, ref, node, outcome, time.nanos());
    return true;
  }

  private Optional<Next> next(long epoch, long after) {
    if (!isIn(epoch) || after < history.floor()) {
      return Optional.empty();
    }
    return Optional.of(new Next(history.after(after, MAX_READ), history.last()));
  }

  private boolean isIn(long epoch) {
    return isAdopted() && history.epoch() == epoch;
  }

  private boolean isAdopted() {
    return history.epoch() != 0 && history.incarnation() == incarnation;
  }

  private void wakeReads() {
    List<Runnable> woken = List.copyOf(waitingReads);
    waitingReads.clear();
    woken.forEach(Runnable::run);
  }
}
