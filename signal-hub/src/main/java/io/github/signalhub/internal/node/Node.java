package io.github.signalhub.internal.node;

import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.MessageKey;
import io.github.signalhub.internal.log.Sender;
import io.github.signalhub.internal.logger.Episode;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.internal.presence.Presence;
import io.github.signalhub.internal.session.Session;
import io.github.signalhub.internal.session.Upstream;
import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.Loop;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * One node of a hub that several nodes share. It hands publications over to its {@link Backbone}.
 * What the backbone brings, it appends to the log. So the log is a part of the one order that all
 * nodes have, from some offset up to the horizon.
 *
 * <p>Thread-safe.
 */
public final class Node implements Upstream {
  /** Clients are told how far they are while the log had everything within this time. */
  static final long CURRENT_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** Clients are let in while the log had everything within this time. */
  static final long AVAILABLE_NANOS = TimeUnit.SECONDS.toNanos(15);

  /** For so long a session waits for an id that the log may not have yet. */
  static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** For so long the log takes nothing while it is full. Then it grows beyond its limit. */
  static final long MAX_FULL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String name;
  private final Backbone backbone;
  private final HubLog log;
  private final LongSupplier nanoClock;
  private final Function<String, Session> sessions;
  private final BiConsumer<String, Boolean> restarts;
  private final Commands commands;

  /** The sessions that wait for the answer that was asked for. Guarded by this. */
  private Set<Waiter> asked = new HashSet<>();

  /** Those that came after it was asked for. Guarded by this. */
  private Set<Waiter> later = new HashSet<>();

  private boolean asking; // guarded by this

  private final AtomicLong pending = new AtomicLong();
  private volatile long beyondLimit; // written by one thread at a time

  private final Episode unreadable;

  /** {@code null}: no topic has presence. */
  private SharedPresence presence;

  /**
   * Creates a node.
   *
   * @param name names this node: 8 hexadecimal digits
   * @param commands does what another node told all others; throws {@link IllegalArgumentException}
   *     if that is no command
   * @param sessions returns the session of a client's id, or {@code null}
   * @param restarts is told of each restart but the first: the id at which the hub goes on, and
   *     whether this node is the one that began the epoch
   */
  public Node(
      String name,
      Backbone backbone,
      HubLog log,
      LongSupplier nanoClock,
      Function<String, Session> sessions,
      Consumer<List<String>> commands,
      BiConsumer<String, Boolean> restarts) {
    this.name = name;
    this.commands = new Commands(name, backbone::publish, commands, nanoClock);
    this.backbone = backbone;
    this.log = log;
    this.nanoClock = nanoClock;
    this.sessions = sessions;
    this.restarts = restarts;
    this.unreadable = new Episode(nanoClock);
  }

  /**
   * Shares the presence of users with the other nodes. Called before the start.
   *
   * @param maxBytes the bytes beyond which a warning is logged
   * @param graces returns a topic's grace; empty if the topic has no presence
   * @param look is called about once a second
   * @param executor runs the calls of the audience
   */
  public SharedPresence sharePresence(
      long maxBytes,
      Function<String, Optional<Duration>> graces,
      Runnable look,
      Executor executor,
      Presence.Audience audience) {
    presence =
        new SharedPresence(
            name,
            maxBytes,
            backbone::publish,
            this::isCurrent,
            graces,
            nanoClock,
            this::leftOut,
            look,
            executor,
            audience);
    return presence;
  }

  private void leftOut(IllegalArgumentException reason) {
    if (unreadable.begins()) {
      HubLogger.HUB.log(
          Level.WARNING, "A publication is left out: no hub like this published it", reason);
    }
  }

  /**
   * Returns when the log has everything that is retained elsewhere.
   *
   * @param format what all nodes must agree on
   * @throws IOException as {@link Backbone#start}
   */
  public void start(String format) throws IOException {
    log.followOrder(this::removeOld);
    backbone.start(new Intake(format));
  }

  /**
   * Hands a message over.
   *
   * @param json the message's text without an id
   * @param key in a table its key; {@code null} in a stream
   * @param sender the client that it is not sent to; {@code null}: it is sent to all
   * @param settled gets the outcome, unless too much waits
   * @return whether it was taken; if not, too much waits
   */
  public boolean publish(
      String topic,
      byte[] json,
      MessageKey key,
      Sender sender,
      Consumer<? super Backbone.Settled> settled) {
    Backbone.Kind kind =
        key == null
            ? Backbone.Kind.MESSAGE
            : key.deletes() ? Backbone.Kind.DELETION : Backbone.Kind.ROW;
    String name = key == null ? "" : key.name();
    return publish(kind, topic, name, 0, Body.of(json, sender), settled);
  }

  private boolean publish(
      Backbone.Kind kind,
      String topic,
      String key,
      long removesUpTo,
      byte[] body,
      Consumer<? super Backbone.Settled> settled) {
    pending.incrementAndGet();
    boolean taken =
        backbone.publish(
            new Backbone.Publication(
                kind,
                topic,
                key,
                removesUpTo,
                body,
                outcome -> {
                  pending.decrementAndGet();
                  settled.accept(outcome);
                }));
    if (!taken) {
      pending.decrementAndGet();
    }
    return taken;
  }

  /** Returns how many publications were handed over and have not settled. */
  public long pending() {
    return pending.get();
  }

  /** Returns how often the order was begun anew, besides the start. */
  public long restarts() {
    return Math.max(0, log.restarts() - 1);
  }

  /** Returns for how many messages the log grew beyond its limit. */
  public long beyondLimit() {
    return beyondLimit;
  }

  /** Returns for how long it is not known that the log has everything, in nanoseconds. */
  public long staleNanos() {
    return backbone.staleNanos();
  }

  /** Hands over that everything in a topic is to be removed. Returns whether it was taken. */
  public boolean clear(String topic) {
    return remove(topic, 0, settled -> {});
  }

  private void removeOld(String table, long upTo) {
    boolean taken =
        remove(
            table,
            upTo,
            settled -> {
              if (!(settled instanceof Backbone.At)) {
                log.removalFailed(table);
              }
            });
    if (!taken) {
      log.removalFailed(table);
    }
  }

  private boolean remove(String topic, long upTo, Consumer<Backbone.Settled> settled) {
    return publish(Backbone.Kind.REMOVAL, topic, "", upTo, new byte[0], settled);
  }

  @Override
  public boolean isCurrent() {
    return backbone.staleNanos() < CURRENT_NANOS;
  }

  /** Returns whether clients are to be let in. */
  public boolean isAvailable() {
    return backbone.staleNanos() < AVAILABLE_NANOS;
  }

  @Override
  public boolean mayBeAhead() {
    return true;
  }

  @Override
  public void whenReached(Loop loop, Runnable then, Runnable late) {
    Waiter waiter = new Waiter(loop, then, late);
    synchronized (this) {
      later.add(waiter);
    }
    loop.schedule(
        () -> {
          if (forget(waiter)) {
            late.run();
          }
        },
        MAX_WAIT_NANOS);
    ask();
  }

  private synchronized boolean forget(Waiter waiter) {
    return later.remove(waiter) || asked.remove(waiter);
  }

  /** Asks once for all that wait, and again for those that come meanwhile. */
  private void ask() {
    synchronized (this) {
      if (asking || later.isEmpty()) {
        return;
      }
      asking = true;
      asked = later;
      later = new HashSet<>();
    }
    backbone.reached().whenComplete((reached, failure) -> answered(failure == null));
  }

  private void answered(boolean reached) {
    Set<Waiter> due;
    synchronized (this) {
      due = asked;
      asked = new HashSet<>();
      asking = false;
    }
    due.forEach(waiter -> waiter.loop.execute(reached ? waiter.then : waiter.late));
    ask();
  }

  /** Has all other nodes do something, before everything that is published after this call. */
  public void tellOthers(List<String> command) {
    commands.tell(command);
  }

  /** Lets the other nodes know that this node's users are about to leave it. */
  public void leave() {
    if (presence != null) {
      presence.leave();
    }
  }

  /** Waits until everything has settled that was handed over; see {@link Backbone#flush}. */
  public void flush(Duration atMost) throws InterruptedException {
    backbone.flush(atMost);
  }

  /** Ends the backbone. */
  public void close() {
    try {
      backbone.close();
    } catch (Exception e) {
      HubLogger.HUB.log(Level.WARNING, "The backbone failed to close", e);
    }
  }

  /** A session that waits until the log has an id. Compared by identity. */
  private static final class Waiter {
    private final Loop loop;
    private final Runnable then;
    private final Runnable late;

    private Waiter(Loop loop, Runnable then, Runnable late) {
      this.loop = loop;
      this.then = then;
      this.late = late;
    }
  }

  /** The log, as the backbone sees it. Called by one thread at a time. */
  private final class Intake implements Backbone.Sink {
    private static final String CLIENT = Session.privateTopic("");

    private final String format;
    private final Episode full = new Episode(nanoClock);
    private boolean waits; // the log is full
    private long waitsSince;

    private Intake(String format) {
      this.format = format;
    }

    @Override
    public String format() {
      return format;
    }

    @Override
    public boolean apply(Backbone.Placed next) {
      if (next.offset() <= log.horizon()) {
        return true; // it is there: something failed after it was placed
      }
      if (SharedPresence.isTable(next.topic())) {
        log.pass(next.offset());
        if (presence != null) {
          presence.apply(next);
        }
        return true;
      } else if (next.topic().equals(Commands.TOPIC)) {
        command(next);
        return true;
      }
      boolean mustFit = waits && nanoClock.getAsLong() - waitsSince > MAX_FULL_NANOS;
      if (mustFit && full.begins()) {
        HubLogger.HUB.log(
            Level.WARNING,
            "The log grows beyond its limit: for a second, it was full of messages that were not"
                + " offered to all clients yet. It has {0} bytes",
            log.bytes());
      }
      boolean taken = next.kind() == Backbone.Kind.REMOVAL ? removed(next) : append(next, mustFit);
      beyondLimit += mustFit ? 1 : 0;
      waitsSince = taken || waits ? waitsSince : nanoClock.getAsLong();
      waits = !taken;
      return taken;
    }

    private void command(Backbone.Placed next) {
      try {
        commands.apply(next); // first: what follows in the order comes after it
      } catch (IllegalArgumentException e) {
        leftOut(e);
      }
      log.pass(next.offset());
    }

    private boolean removed(Backbone.Placed removal) {
      long upTo = removal.removesUpTo() == 0 ? removal.offset() : removal.removesUpTo();
      log.remove(removal.topic(), upTo, removal.offset());
      return true;
    }

    private boolean append(Backbone.Placed next, boolean mustFit) {
      String topic = next.topic();
      Session session = topic.startsWith(CLIENT) ? session(topic) : null;
      Body body = topic.startsWith(CLIENT) && session == null ? null : read(next);
      if (body == null) {
        log.pass(next.offset());
        return true;
      }
      byte[] json = body.withId(log.id(next.offset()));
      return session != null
          ? session.place(next.offset(), json, next.ageNanos(), mustFit)
          : log.place(
              topic, next.offset(), json, key(next), body.sender(), next.ageNanos(), mustFit);
    }

    private Session session(String topic) {
      return sessions.apply(topic.substring(CLIENT.length()));
    }

    /** Returns the content, or {@code null} if no hub of this format published it. */
    private Body read(Backbone.Placed placed) {
      try {
        boolean isRow = placed.kind() != Backbone.Kind.MESSAGE;
        if (isRow != log.isCompacted(placed.topic()) || isRow == placed.key().isEmpty()) {
          throw new IllegalArgumentException("expected a row of a table, or a message of a stream");
        }
        return Body.read(placed.body());
      } catch (IllegalArgumentException e) {
        leftOut(e);
        return null;
      }
    }

    private static MessageKey key(Backbone.Placed placed) {
      return placed.kind() == Backbone.Kind.MESSAGE
          ? null
          : new MessageKey(placed.key(), placed.kind() == Backbone.Kind.DELETION);
    }

    @Override
    public void restart(
        long epoch, long base, long floor, List<Backbone.Placed> rows, boolean isFirst) {
      log.restart(epoch, base, floor, () -> rows.forEach(this::placeRow));
      if (presence != null) {
        presence.restart(epoch, rows);
      }
      if (log.restarts() > 1) {
        restarts.accept(log.id(floor).toString(), isFirst);
      }
    }

    @Override
    public void tick() {
      commands.tick();
      if (presence != null) {
        presence.tick();
      }
    }

    private void placeRow(Backbone.Placed row) {
      Body body = SharedPresence.isTable(row.topic()) ? null : read(row);
      if (body != null) {
        byte[] json = body.withId(log.id(row.offset()));
        log.placeRow(row.topic(), row.offset(), json, key(row), body.sender(), row.ageNanos());
      }
    }
  }
}
