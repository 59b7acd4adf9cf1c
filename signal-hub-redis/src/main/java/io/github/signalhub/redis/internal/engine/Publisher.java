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
 * <p>Runs on a thread of its own. {@link #reached}, {@link #close} and {@link #cut} are
 * thread-safe.
 */
final class Publisher implements Runnable {
  private static final long PAUSE_MILLIS = 50;
  private static final long IDLE_MILLIS = 200;

  /** How many requests are sent together at most. */
  private static final int REQUESTS = 256;

  /**
   * What answers are waited for: one for a batch, one for a question of some calls of {@code
   * reached}, or one for each request. The others are empty.
   */
  private record Sent(
      Outbox.Batch batch, List<CompletableFuture<Void>> asked, List<Requests.Request> requests) {}

  private final EngineOptions options;
  private final HubKeys keys;
  private final String node;
  private final String format;
  private final Outbox outbox;
  private final Horizon horizon;
  private final Tail tail;
  private final Requests requests;
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
      Horizon horizon,
      Tail tail,
      Requests requests,
      HubLogger logger) {
    this.options = options;
    this.keys = options.keys();
    this.node = node;
    this.format = format;
    this.outbox = outbox;
    this.horizon = horizon;
    this.tail = tail;
    this.requests = requests;
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
      } catch (RuntimeException | Error e) { // such as no memory
        logger.log(Level.WARNING, e, "The publisher of a hub failed, and goes on");
        pause();
      }
      expire();
    }
  }

  private void expire() {
    outbox.expire();
    requests.expire();
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
      if (isClosed) {
        signOff();
      }
    } finally {
      link = null;
      for (Sent sent : inFlight) {
        questions.addAll(sent.asked);
        requests.addAgain(sent.requests);
      }
      inFlight.clear();
    }
  }

  /**
   * Tells the last outcomes, and that the node is gone, so that others need not wait for its sign
   * of life to expire.
   */
  private void signOff() {
    while (!requests.isEmpty()) {
      request();
    }
    link.send(Command.DEL, List.of(keys.nodes() + node));
    link.flush();
    int answers = 1;
    for (Sent sent : inFlight) {
      answers += Math.max(1, sent.requests.size());
    }
    for (int i = 0; i < answers; i++) {
      link.receive();
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
    if (!requests.isEmpty() && hasPlace) {
      request();
    }
    if (!inFlight.isEmpty() && (batch == null || !hasPlace)) {
      receive(agreed);
    } else if (inFlight.isEmpty()) {
      expire();
    }
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
    inFlight.add(new Sent(batch, List.of(), List.of()));
  }

  private void ask() {
    List<CompletableFuture<Void>> asked = new ArrayList<>();
    for (CompletableFuture<Void> next; (next = questions.poll()) != null; ) {
      asked.add(next);
    }
    inFlight.add(new Sent(null, asked, List.of()));
    link.send(Command.EVALSHA, scripts.joining(keys, node, format, "look", "", 0, ""));
    link.flush();
  }

  private void request() {
    List<Requests.Request> next = requests.take(REQUESTS);
    inFlight.add(new Sent(null, List.of(), next));
    for (Requests.Request each : next) {
      each.sendTo(link, scripts);
    }
    link.flush();
  }

  private void receive(Agreement agreed) {
    Sent sent = inFlight.peek();
    List<Object> answers = new ArrayList<>();
    try {
      do {
        answers.add(link.receive());
      } while (answers.size() < sent.requests.size());
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
    inFlight.poll();
    if (sent.batch != null) {
      acknowledged(sent.batch, answers.get(0), agreed);
    } else if (sent.requests.isEmpty()) {
      answered(sent.asked, answers.get(0), agreed);
    }
    for (int i = 0; i < sent.requests.size(); i++) {
      sent.requests.get(i).answered(answers.get(i));
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

  /** Lets {@link #run} return as soon as the server has answered. */
  void close() {
    isClosed = true;
    outbox.wake();
  }

  /** Lets {@link #run} return although the server does not answer. */
  void cut() {
    RedisLink last = link;
    if (last != null) {
      last.cut();
    }
  }
}
