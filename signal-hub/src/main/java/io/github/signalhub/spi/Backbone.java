package io.github.signalhub.spi;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Makes several nodes one hub. It puts the publications of all nodes in one order, and gives each
 * node all of them. An engine outside of the nodes, such as a server with streams, assigns the
 * places in that order. Each node has a backbone of its own.
 *
 * <p>The order has <em>offsets</em> and <em>epochs</em>. Within an epoch, offsets are contiguous,
 * and an offset names one publication for ever. An engine that may have lost publications never
 * goes on in its epoch: a backbone begins a new one, whose offsets are above all that any node
 * knows. A node's offsets never go back, also not with a new epoch.
 *
 * <p>What a backbone keeps:
 *
 * <ul>
 *   <li>Publications of one node that are placed in one epoch keep the order of their {@link
 *       #publish} calls.
 *   <li>A publication has at most one place, also if its hand-over is repeated.
 *   <li>A publication settles once. It settles as {@link At} only after this node's sink has it, or
 *       after a {@linkplain Sink#restart restart} beyond it.
 *   <li>The engine retains the newest publications, and the newest {@link Kind#ROW row} of each
 *       key. So a node that comes late has the rows that others have.
 * </ul>
 *
 * <p>Thread-safe, except where stated.
 */
public interface Backbone extends AutoCloseable {
  /**
   * Begins, and returns when the sink has everything that the engine retains. Called once, before
   * all other methods. The first call of the sink is {@link Sink#restart}.
   *
   * @param sink the node's log
   * @throws IOException if the engine cannot be reached or used, or if the other nodes of the hub
   *     have another {@link Sink#format}. The message says what to do
   */
  void start(Sink sink) throws IOException;

  /**
   * Hands a publication over. Never blocks, and does not call {@link Publication#settled} before it
   * returns.
   *
   * @return {@code false} if too many publications wait. Then this one is dropped, and never
   *     settles
   */
  boolean publish(Publication publication);

  /**
   * Asks the engine how far it is.
   *
   * @return completes when the sink has everything that the engine had at the time of this call. It
   *     does not complete while the engine cannot be reached, and it does once that is back. It may
   *     complete on any thread, and then runs no code for long. If it fails, the clients that wait
   *     for it are closed with 1013
   */
  CompletionStage<Void> reached();

  /**
   * Returns for how long this node has not known that its sink has everything, in nanoseconds. It
   * is small while the engine answers: below one second.
   */
  long staleNanos();

  /**
   * Claims a message of a client for this node. So it is processed once, on whatever node the
   * client repeats it. Never blocks. By default every claim is {@link Claim.State#MINE}: then a
   * message is processed once on each node.
   *
   * @param session names the client's session, at most 255 characters
   * @param ref names the message in its session, at most 255 characters
   * @return completes with what the engine knows, on any thread; never exceptionally
   */
  default CompletionStage<Claim> claim(String session, String ref) {
    return CompletableFuture.completedStage(new Claim(Claim.State.MINE, new byte[0]));
  }

  /**
   * Keeps the outcome of a message that this node has claimed, for five minutes at least. The
   * newest 1,024 of a session are enough. Never blocks. By default nothing is kept.
   *
   * @param session as for {@link #claim}
   * @param ref as for {@link #claim}
   * @param outcome what {@link Claim#outcome} is from now on; not modified any more
   */
  default void keep(String session, String ref, byte[] outcome) {}

  /**
   * Waits until everything that was handed over has settled.
   *
   * @param atMost how long to wait
   * @return whether everything has settled
   * @throws InterruptedException if this thread is interrupted
   */
  boolean flush(Duration atMost) throws InterruptedException;

  /**
   * Ends. What was handed over and has not settled settles as {@link Unconfirmed}, or as {@link
   * Unavailable} if the engine was not sent it. Idempotent.
   */
  @Override
  void close();

  /** The node, as its backbone sees it. Called by one thread at a time. */
  interface Sink {
    /**
     * Returns what all nodes of a hub must agree on, as a short text. A backbone compares it with
     * that of the other nodes when it starts. Constant.
     */
    String format();

    /**
     * Takes the next publication. Its offset follows that of the call before.
     *
     * @return {@code false} if the node is full of what its clients have yet to be sent. Then the
     *     backbone calls again with the same publication, a few milliseconds later
     */
    boolean apply(Placed next);

    /**
     * Begins anew: at the start, when the epoch has changed, or when publications that this node
     * has not seen have left the engine. Everything up to the floor is gone, but for the rows.
     *
     * @param epoch the epoch of the offsets from now on
     * @param base the epoch's first offset, above every offset that this node knew before. Older
     *     offsets are of older epochs
     * @param floor the offset before the next one; at least {@code base}, and at least the offset
     *     of the last call
     * @param rows the rows of all tables, by their offsets, which are not after the floor and not
     *     before the base
     * @param isFirst whether this node is the one that began the epoch. One node of a hub is told
     *     so
     */
    void restart(long epoch, long base, long floor, List<Placed> rows, boolean isFirst);

    /** Is called about once a second, between the other calls. By default does nothing. */
    default void tick() {}
  }

  /** What is known of a client's message. Immutable. */
  final class Claim {
    private final State state;
    private final byte[] outcome;

    /**
     * Creates an answer.
     *
     * @param outcome the {@linkplain Backbone#keep kept} outcome of a message that is done; not
     *     modified any more. Else empty
     */
    public Claim(State state, byte[] outcome) {
      this.state = Objects.requireNonNull(state, "state");
      this.outcome = Objects.requireNonNull(outcome, "outcome");
    }

    /** The states. */
    public enum State {
      /** This node is to process it. */
      MINE,
      /** It is done. */
      DONE,
      /** Another node is processing it. Ask again. */
      ELSEWHERE,
      /** The node that was processing it is gone. Nobody knows how far it got. */
      LOST,
      /** The engine cannot be reached. The message is not claimed, also not later. */
      UNAVAILABLE
    }

    /** Returns the state. */
    public State state() {
      return state;
    }

    /** Returns the outcome of a message that is done; not to be modified. Else empty. */
    public byte[] outcome() {
      return outcome;
    }

    /** Returns the state. */
    @Override
    public String toString() {
      return "Claim[" + state + "]";
    }
  }

  /** What a publication does to the things that are retained. */
  enum Kind {
    /** A message of a stream. */
    MESSAGE,
    /** The newest message of a key. It takes the place of the key's older one. */
    ROW,
    /** A message that says that a key is gone. The key's row is no longer retained. */
    DELETION,
    /** No message. Everything of the topic up to an offset is no longer retained. */
    REMOVAL
  }

  /** A publication on its way to the engine. Immutable. */
  final class Publication {
    private final Kind kind;
    private final String topic;
    private final String key;
    private final long removesUpTo;
    private final byte[] body;
    private final Consumer<? super Settled> settled;

    /**
     * Creates a publication.
     *
     * @param key the key of a row or a deletion; else empty
     * @param removesUpTo the newest offset that a removal removes; 0: everything that is placed
     *     before it. 0 for the other kinds
     * @param body its content; empty for a removal. Not modified any more
     * @param settled gets the outcome once, on any thread. It returns soon, and throws nothing
     */
    public Publication(
        Kind kind,
        String topic,
        String key,
        long removesUpTo,
        byte[] body,
        Consumer<? super Settled> settled) {
      this.kind = Objects.requireNonNull(kind, "kind");
      this.topic = Objects.requireNonNull(topic, "topic");
      this.key = Objects.requireNonNull(key, "key");
      this.removesUpTo = removesUpTo;
      this.body = Objects.requireNonNull(body, "body");
      this.settled = Objects.requireNonNull(settled, "settled");
    }

    /** Returns what it is. */
    public Kind kind() {
      return kind;
    }

    /** Returns its topic. */
    public String topic() {
      return topic;
    }

    /** Returns the key of a row or a deletion; else empty. */
    public String key() {
      return key;
    }

    /**
     * Returns the newest offset that a removal removes; 0: everything that is placed before it. 0
     * for the other kinds.
     */
    public long removesUpTo() {
      return removesUpTo;
    }

    /** Returns its content, which backbones do not read; not to be modified. */
    public byte[] body() {
      return body;
    }

    /** Returns what gets the outcome once, on any thread. */
    public Consumer<? super Settled> settled() {
      return settled;
    }

    /** Returns the kind, the topic and the key. */
    @Override
    public String toString() {
      return kind + " " + topic + " " + key;
    }
  }

  /** A publication in its place. Immutable. */
  final class Placed {
    private final long offset;
    private final Kind kind;
    private final String topic;
    private final String key;
    private final long removesUpTo;
    private final byte[] body;
    private final long ageNanos;

    /**
     * Creates a publication in its place.
     *
     * @param offset its place, above 0
     * @param key as of the {@link Publication}, like the other parts
     * @param body not modified any more
     * @param ageNanos how long ago it was placed, in nanoseconds, by the clock of the engine
     */
    public Placed(
        long offset,
        Kind kind,
        String topic,
        String key,
        long removesUpTo,
        byte[] body,
        long ageNanos) {
      this.offset = offset;
      this.kind = Objects.requireNonNull(kind, "kind");
      this.topic = Objects.requireNonNull(topic, "topic");
      this.key = Objects.requireNonNull(key, "key");
      this.removesUpTo = removesUpTo;
      this.body = Objects.requireNonNull(body, "body");
      this.ageNanos = ageNanos;
    }

    /** Returns its place, above 0. */
    public long offset() {
      return offset;
    }

    /** Returns what it is. */
    public Kind kind() {
      return kind;
    }

    /** Returns its topic. */
    public String topic() {
      return topic;
    }

    /** Returns the key of a row or a deletion; else empty. */
    public String key() {
      return key;
    }

    /** Returns the newest offset that a removal removes, as {@link Publication#removesUpTo}. */
    public long removesUpTo() {
      return removesUpTo;
    }

    /** Returns its content; not to be modified. */
    public byte[] body() {
      return body;
    }

    /** Returns how long ago it was placed, in nanoseconds, by the clock of the engine. */
    public long ageNanos() {
      return ageNanos;
    }

    /** Returns the place, the kind, the topic and the key. */
    @Override
    public String toString() {
      return offset + " " + kind + " " + topic + " " + key;
    }
  }

  /** The outcome of a publication. */
  sealed interface Settled permits At, Unavailable, Unconfirmed {}

  /**
   * The publication has this place.
   *
   * @param epoch its epoch
   * @param offset its offset
   */
  record At(long epoch, long offset) implements Settled {}

  /** The publication has no place, and will not get one. */
  record Unavailable() implements Settled {}

  /** The engine was lost before it answered. The publication may have a place or not. */
  record Unconfirmed() implements Settled {}
}
