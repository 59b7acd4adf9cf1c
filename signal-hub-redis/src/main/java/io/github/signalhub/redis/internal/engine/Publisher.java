package io.github.signalhub.redis.internal.engine;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.redis.internal.link.RedisLink;
import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Publication;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * Hands the node's publications over, some batches ahead of the answers. Between them it asks how
 * far the hub is, because the tail's link waits most of the time.
 *
 * <p>It uses the server that the tail agrees with, and no other. When an answer says that the hub
 * is elsewhere or in another epoch, it makes the tail look again.
 *
 * <p>Runs on a thread of its own. {@link #reached} and {@link #close} are thread-safe.
 */
final class Publisher implements Runnable {
  private static final long PAUSE_MILLIS = 50;
  private static final long IDLE_MILLIS = 200;
  private static final Claims.Batch NO_CLAIMS = new Claims.Batch(List.of());

  /** What an answer is waited for: a batch, claims, or a question of calls of {@code reached}. */
  private record Sent(
      Outbox.Batch batch, Claims.Batch claimed, List<CompletableFuture<Void>> asked) {}

  private final EngineOptions options;
  private final HubKeys keys;
  private final String node;
  private final String format;
  private final Outbox outbox;
  private final Claims claims;
  private final Horizon horizon;
  private final Tail tail;
  private final HubLogger logger;
  private final Queue<CompletableFuture<Void>> questions = new ConcurrentLinkedQueue<>();
  private final Deque<Sent> inFlight = new ArrayDeque<>();

  private Scripts scripts;
  private volatile RedisLink link;
  private volatile boolean isClosed;

  Publisher(
      EngineOptions options,
      String node,
      String format,
      Outbox outbox,
      Claims claims,
      Horizon horizon,
      Tail tail,
      HubLogger logger) {
    this.options = options;
    this.keys = options.keys();
    this.node = node;
    this.format = format;
    this.outbox = outbox;
    this.claims = claims;
    this.horizon = horizon;
    this.tail = tail;
    this.logger = logger;
  }

  /** Returns a stage that completes when the sink has all that the server has now. */
  CompletionStage<Void> reached() {
    CompletableFuture<Void> question = new CompletableFuture<>();
    questions.add(question);
    outbox.wake();
    return question;
  }

  @Override
  public void run() {
    while (!isClosed) {
      try {
        Agreement agreed = tail.agreement(PAUSE_MILLIS);
        if (agreed != null) {
          serve(agreed);
        }
      } catch (InterruptedException e) {
        break;
      } catch (JedisException e) {
        pause();
      } catch (RuntimeException e) {
        logger.log(Level.WARNING, e, "The publisher of a hub failed, and goes on");
        pause();
      }
      expire();
    }
  }

  private void expire() {
    outbox.expire();
    claims.expire();
  }

  private void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the caller's loop ends at its next wait
    }
  }

  private void serve(Agreement agreed) throws InterruptedException {
    try (RedisLink opened = new RedisLink(agreed.address, options.link())) {
      link = opened;
      scripts = Scripts.load(opened);
      outbox.rewind();
      while (!isClosed && tail.isCurrent(agreed)) {
        step(agreed);
      }
    } finally {
      link = null;
      while (!inFlight.isEmpty()) {
        Sent last = inFlight.pollLast();
        questions.addAll(last.asked);
        claims.takeBack(last.claimed);
      }
    }
  }

  /** Sends what there is to send. Then reads an answer, if there is no more to send or no place. */
  private void step(Agreement agreed) throws InterruptedException {
    boolean hasPlace = inFlight.size() < options.batchesInFlight();
    Outbox.Batch batch = hasPlace ? outbox.take(inFlight.isEmpty() ? IDLE_MILLIS : 0) : null;
    if (batch != null) {
      send(batch);
    }
    if (!questions.isEmpty() && hasPlace) {
      ask();
    }
    Claims.Batch claimed = hasPlace ? claims.take(System.nanoTime()) : null;
    if (claimed != null) {
      claim(claimed);
    }
    if (!inFlight.isEmpty() && (batch == null || !hasPlace)) {
      receive(agreed);
    } else if (inFlight.isEmpty()) {
      expire();
    }
  }

  private void claim(Claims.Batch batch) {
    inFlight.add(new Sent(null, batch, List.of())); // first: it is taken back if sending fails
    List<Object> arguments = new ArrayList<>(8 + 4 * batch.requests().size());
    arguments.addAll(
        List.of(
            scripts.refs(),
            2,
            keys.hub(),
            keys.nodes() + node,
            outbox.epoch(),
            node,
            keys.sessions(),
            keys.nodes()));
    for (Claims.Request request : batch.requests()) {
      arguments.addAll(List.of(request.kind, request.session, request.ref, request.outcome));
    }
    link.send(Command.EVALSHA, arguments);
    link.flush();
  }

  private void send(Outbox.Batch batch) {
    List<Object> arguments = new ArrayList<>(12 + 4 * batch.size());
    arguments.addAll(
        List.of(
            scripts.publish(),
            4,
            keys.hub(),
            keys.streams() + batch.epoch(),
            keys.sequences() + batch.epoch(),
            keys.topics(),
            batch.epoch(),
            node,
            batch.first(),
            batch.previous(),
            options.maxEntries(),
            options.maxAge().toMillis(),
            keys.tables()));
    for (int i = 0; i < batch.size(); i++) {
      Publication next = batch.publication(i);
      arguments.add(StreamEntry.name(next.kind()));
      arguments.add(next.topic());
      arguments.add(next.kind() == Kind.REMOVAL ? next.removesUpTo() : next.key());
      arguments.add(next.body());
    }
    link.send(Command.EVALSHA, arguments);
    link.flush();
    inFlight.add(new Sent(batch, NO_CLAIMS, List.of()));
  }

  private void ask() {
    List<CompletableFuture<Void>> asked = new ArrayList<>();
    for (CompletableFuture<Void> next; (next = questions.poll()) != null; ) {
      asked.add(next);
    }
    inFlight.add(new Sent(null, NO_CLAIMS, asked));
    link.send(
        Command.EVALSHA,
        List.of(
            scripts.join(),
            2,
            keys.hub(),
            keys.topics(),
            "look",
            "",
            0,
            "",
            node,
            HubKeys.VERSION,
            format,
            keys.streams(),
            keys.sequences(),
            keys.tables()));
    link.flush();
  }

  private void receive(Agreement agreed) {
    Object answer;
    try {
      answer = link.receive();
    } catch (JedisDataException e) {
      if (UnusableServerException.isElsewhere(e)) {
        tail.doubt(agreed, false);
      } else if (!(e instanceof JedisNoScriptException)) {
        logger.warnCounted(
            "Redis at {0} refuses publications of the hub {1}: {2}",
            agreed.address, options.hub(), e.getMessage());
      }
      throw e;
    }
    Sent sent = inFlight.poll();
    if (sent.claimed != NO_CLAIMS) {
      claimed(sent.claimed, answer, agreed);
    } else if (sent.batch == null) {
      answered(sent.asked, answer, agreed);
    } else {
      acknowledged(sent.batch, answer, agreed);
    }
  }

  private void claimed(Claims.Batch batch, Object answer, Agreement agreed) {
    if (Answer.text(answer, 0).equals("ok")) {
      claims.answered(batch, (List<?>) answer);
    } else {
      claims.takeBack(batch);
      tail.doubt(agreed, false);
    }
  }

  private void acknowledged(Outbox.Batch batch, Object answer, Agreement agreed) {
    String outcome = Answer.text(answer, 0);
    if (outcome.equals("ok")) {
      outbox.acknowledge(batch, Answer.number(answer, 1), Answer.number(answer, 2));
    } else if (outbox.isCurrent(batch)) {
      // A hole means that the server lost the node's numbers, and might take a repeat for new.
      tail.doubt(agreed, outcome.equals("hole"));
    }
  }

  private void answered(List<CompletableFuture<Void>> asked, Object answer, Agreement agreed) {
    if (Answer.text(answer, 0).equals("ok") && tail.isCurrent(agreed)) {
      long last = Position.of(answer).last();
      horizon.await(last, () -> asked.forEach(question -> question.complete(null)));
    } else {
      questions.addAll(asked);
      tail.doubt(agreed, false);
    }
  }

  /** Lets {@link #run} return soon. */
  void close() {
    isClosed = true;
    outbox.wake();
    RedisLink last = link;
    if (last != null) {
      last.cut();
    }
  }
}
