package io.github.signalhub.redis.internal.engine;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.spi.Backbone.Claim;
import io.github.signalhub.spi.Backbone.Publication;
import io.github.signalhub.spi.Backbone.Sink;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;

/** One node of a hub: its outbox, its publisher and its tail. Thread-safe. */
public final class HubNode {
  private static final long CLOSE_MILLIS = 1_000;

  private final EngineOptions options;
  private final HubLogger logger;
  private final Outbox outbox;
  private final Claims claims;
  private final Horizon horizon = new Horizon();
  private volatile Running running;

  /** What exists from the start. Immutable. */
  private record Running(Tail tail, Publisher publisher, List<Thread> threads) {}

  /** Creates one that has yet to start. */
  public HubNode(EngineOptions options, HubLogger logger) {
    this.options = options;
    this.logger = logger;
    this.outbox = new Outbox(options);
    this.claims = new Claims(options.pendingDeadline());
  }

  /** Finds the server, and returns when the sink has all that it has. */
  public void start(Sink sink) throws IOException {
    String node = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    Tail tail = new Tail(options, node, sink, outbox, horizon, logger);
    try {
      tail.start();
    } catch (InterruptedException e) {
      tail.close();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the hub started");
    }
    Publisher publisher =
        new Publisher(options, node, sink.format(), outbox, claims, horizon, tail, logger);
    List<Thread> threads = List.of(thread("tail", tail), thread("publisher", publisher));
    running = new Running(tail, publisher, threads);
    threads.forEach(Thread::start);
  }

  private Thread thread(String part, Runnable task) {
    Thread thread = new Thread(task, "signal-hub-redis-" + options.hub() + "-" + part);
    thread.setDaemon(true);
    return thread;
  }

  /** Takes a publication, unless too many have not settled. */
  public boolean publish(Publication publication) {
    return outbox.offer(publication);
  }

  /** Returns a stage that completes when the sink has all that the server has now. */
  public CompletionStage<Void> reached() {
    return running().publisher.reached();
  }

  /** Claims a client's message for this node. */
  public CompletionStage<Claim> claim(String session, String ref) {
    CompletionStage<Claim> claim = claims.claim(session, ref);
    outbox.wake();
    return claim;
  }

  /** Keeps the outcome of a client's message. */
  public void keep(String session, String ref, byte[] outcome) {
    claims.keep(session, ref, outcome);
    outbox.wake();
  }

  /** Returns for how long the sink was not known to have everything. */
  public long staleNanos() {
    return running().tail.staleNanos();
  }

  /** Waits until everything has settled. */
  public boolean flush(Duration atMost) throws InterruptedException {
    return outbox.flush(atMost);
  }

  /** Ends, and settles everything. */
  public void close() {
    Running last = running;
    if (last != null) {
      last.publisher.close();
      last.tail.close();
      for (Thread thread : last.threads) {
        thread.interrupt();
        join(thread);
      }
    }
    outbox.close();
    claims.close();
  }

  private static void join(Thread thread) {
    if (thread != Thread.currentThread()) {
      try {
        thread.join(CLOSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Running running() {
    if (running == null) {
      throw new IllegalStateException("expected a backbone that has started, was not");
    }
    return running;
  }
}
