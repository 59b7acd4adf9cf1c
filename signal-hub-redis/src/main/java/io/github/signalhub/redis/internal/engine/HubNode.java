package io.github.signalhub.redis.internal.engine;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.spi.Backbone.Claim;
import io.github.signalhub.spi.Backbone.Publication;
import io.github.signalhub.spi.Backbone.Sink;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;

/** One node of a hub: its outbox, its publisher and its tail. Thread-safe. */
public final class HubNode {
  private static final long CLOSE_MILLIS = 1_000;

  private final EngineOptions options;
  private final HubLogger logger;
  private final Outbox outbox;
  private final Horizon horizon = new Horizon();
  private volatile Running running;

  /** What exists from the start. Immutable. */
  private record Running(
      Tail tail,
      Publisher publisher,
      Requests requests,
      Thread tailThread,
      Thread publisherThread) {}

  /** Creates one that has yet to start. */
  public HubNode(EngineOptions options, HubLogger logger) {
    this.options = options;
    this.logger = logger;
    this.outbox = new Outbox(options);
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
    Requests requests = new Requests(options, node, outbox::wake);
    Publisher publisher =
        new Publisher(options, node, sink.format(), outbox, horizon, tail, requests, logger);
    Running all =
        new Running(
            tail, publisher, requests, thread("tail", tail), thread("publisher", publisher));
    running = all;
    all.tailThread.start();
    all.publisherThread.start();
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

  /** Returns for how long the sink was not known to have everything. */
  public long staleNanos() {
    return running().tail.staleNanos();
  }

  /** Claims a client's message for this node. */
  public CompletionStage<Claim> claim(String session, String ref) {
    return running().requests.claim(session, ref);
  }

  /** Keeps the outcome of a message that this node has claimed. */
  public void keep(String session, String ref, byte[] outcome) {
    running().requests.keep(session, ref, outcome);
  }

  /** Waits until everything has settled. */
  public boolean flush(Duration atMost) throws InterruptedException {
    return outbox.flush(atMost);
  }

  /** Ends, and settles everything. */
  public void close() {
    Running last = running;
    if (last != null) {
      last.publisher.close(); // first: it signs off at the server that the tail agrees with
      join(last.publisherThread);
      last.publisher.cut();
      end(last.publisherThread);
      last.tail.close();
      end(last.tailThread);
      last.requests.close();
    }
    outbox.close();
  }

  private static void end(Thread thread) {
    thread.interrupt();
    join(thread);
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
