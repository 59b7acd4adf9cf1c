package io.github.signalhub.redis.internal.engine;

import io.github.signalhub.spi.Backbone.Claim;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * The node's claims of clients' messages, and the outcomes that it keeps, until the server has
 * them. They are sent in their order, and again over a new link: to repeat one changes nothing.
 *
 * <p>A claim that is not answered in time is released: the server may have it, and this node will
 * not process the message. No lock is held while an answer is told. Thread-safe.
 */
final class Claims {
  private static final byte[] NOTHING = new byte[0];
  private static final int MAX_WAITING = 10_000;
  private static final int MAX_BATCH = 64;
  private static final long KEEP_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** So often the server is told that this node lives, once it has claimed something. */
  private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** Requests that are answered together. Immutable. */
  record Batch(List<Request> requests) {}

  /** A request. Its fields that are not final are guarded by the claims. */
  static final class Request {
    final String kind;
    final String session;
    final String ref;
    final byte[] outcome;

    private final CompletableFuture<Claim> answer = new CompletableFuture<>();
    private final long sinceNanos = System.nanoTime();
    private boolean wasSent;

    private Request(String kind, String session, String ref, byte[] outcome) {
      this.kind = kind;
      this.session = session;
      this.ref = ref;
      this.outcome = outcome;
    }

    private boolean isClaim() {
      return kind.equals("claim");
    }

    private void tell(Claim.State state, byte[] known) {
      answer.complete(new Claim(state, known));
    }
  }

  private final long deadlineNanos;
  private final Deque<Request> waiting = new ArrayDeque<>();
  private boolean isUsed;
  private boolean isClosed;
  private long beatNanos;

  Claims(Duration deadline) {
    this.deadlineNanos = deadline.toNanos();
  }

  /** Claims a message. */
  CompletionStage<Claim> claim(String session, String ref) {
    Request request = new Request("claim", session, ref, NOTHING);
    if (!add(request)) {
      request.tell(Claim.State.UNAVAILABLE, NOTHING);
    }
    return request.answer;
  }

  /** Keeps the outcome of a message, unless too many requests wait. */
  void keep(String session, String ref, byte[] outcome) {
    add(new Request("keep", session, ref, outcome));
  }

  private synchronized boolean add(Request request) {
    boolean hasRoom = !isClosed && waiting.size() < MAX_WAITING;
    if (hasRoom) {
      waiting.add(request);
      isUsed = true;
    }
    return hasRoom;
  }

  /**
   * Returns what is to be sent next, or null. An empty batch tells that this node lives.
   *
   * @param nowNanos the time
   */
  synchronized Batch take(long nowNanos) {
    boolean beats = isUsed && nowNanos - beatNanos > BEAT_NANOS;
    if (waiting.isEmpty() && !beats) {
      return null;
    }
    List<Request> batch = new ArrayList<>();
    while (!waiting.isEmpty() && batch.size() < MAX_BATCH) {
      Request request = waiting.poll();
      request.wasSent = true;
      batch.add(request);
    }
    beatNanos = nowNanos;
    return new Batch(batch);
  }

  /** Takes a batch back that was not answered. Later ones are taken back first. */
  synchronized void takeBack(Batch batch) {
    for (int i = batch.requests.size() - 1; i >= 0; i--) {
      waiting.addFirst(batch.requests.get(i));
    }
  }

  /** Tells the answers to a batch, which follow the first part of the script's answer. */
  void answered(Batch batch, List<?> answer) {
    for (int i = 0; i < batch.requests.size(); i++) {
      Request request = batch.requests.get(i);
      if (request.isClaim()) {
        byte[] known = (byte[]) answer.get(i + 1);
        switch (known[0]) {
          case 'm' -> request.tell(Claim.State.MINE, NOTHING);
          case 'e' -> request.tell(Claim.State.ELSEWHERE, NOTHING);
          case 'd' -> request.tell(Claim.State.DONE, Arrays.copyOfRange(known, 1, known.length));
          default -> request.tell(Claim.State.LOST, NOTHING);
        }
      }
    }
  }

  /** Gives up what has waited for too long. */
  void expire() {
    List<Request> late = new ArrayList<>();
    synchronized (this) {
      long now = System.nanoTime();
      List<Request> releases = new ArrayList<>();
      waiting.removeIf(
          request -> {
            long limit = request.isClaim() ? deadlineNanos : KEEP_NANOS;
            boolean isLate = now - request.sinceNanos > limit;
            if (isLate && request.isClaim()) {
              late.add(request);
              if (request.wasSent) {
                releases.add(new Request("release", request.session, request.ref, NOTHING));
              }
            }
            return isLate;
          });
      waiting.addAll(releases);
    }
    late.forEach(request -> request.tell(Claim.State.UNAVAILABLE, NOTHING));
  }

  /** Takes nothing more, and answers all claims. */
  void close() {
    List<Request> left;
    synchronized (this) {
      isClosed = true;
      left = List.copyOf(waiting);
      waiting.clear();
    }
    left.forEach(request -> request.tell(Claim.State.UNAVAILABLE, NOTHING));
  }
}
