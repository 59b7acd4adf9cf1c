package io.github.signalhub.redis.internal.engine;

import io.github.signalhub.spi.Backbone.At;
import io.github.signalhub.spi.Backbone.Publication;
import io.github.signalhub.spi.Backbone.Settled;
import io.github.signalhub.spi.Backbone.Unavailable;
import io.github.signalhub.spi.Backbone.Unconfirmed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The node's own publications, from the call of {@code publish} until they settle.
 *
 * <p>A publication waits, then it is sent, then it settles. With its first batch it gets a sequence
 * number, by which the script drops repeats and the tail knows it again. What was sent over a link
 * that ended is sent again if the epoch is the same. Once a new epoch began, it never is: nobody
 * can say whether the old one has it.
 *
 * <p>No lock is held while an outcome is told. Thread-safe.
 */
final class Outbox {
  /** A batch is sent when it has this many bytes. Larger ones would hold up the other nodes. */
  private static final int MAX_BATCH_BYTES = 1 << 20;

  /** Some publications on their way, with sequence numbers without a hole. Immutable. */
  static final class Batch {
    private final String epoch;
    private final long previous;
    private final List<Pending> all;

    private Batch(String epoch, long previous, List<Pending> all) {
      this.epoch = epoch;
      this.previous = previous;
      this.all = all;
    }

    String epoch() {
      return epoch;
    }

    /** Returns the newest sequence number that the server must have before this batch. */
    long previous() {
      return previous;
    }

    long first() {
      return all.get(0).sequence;
    }

    long last() {
      return all.get(all.size() - 1).sequence;
    }

    int size() {
      return all.size();
    }

    Publication publication(int index) {
      return all.get(index).publication;
    }
  }

  private static final class Pending {
    final Publication publication;
    final long bytes;
    final long sinceNanos = System.nanoTime();
    long sequence;

    /** Its place as the script told it; 0 until then. */
    long offset;

    Pending(Publication publication) {
      this.publication = publication;
      this.bytes = bytes(publication);
    }

    private static long bytes(Publication publication) {
      return publication.body().length
          + publication.topic().getBytes(StandardCharsets.UTF_8).length
          + publication.key().getBytes(StandardCharsets.UTF_8).length;
    }
  }

  private record Outcome(Pending pending, Settled settled) {}

  private final int maxPending;
  private final long maxPendingBytes;
  private final int maxBatch;
  private final long deadlineNanos;

  private final Deque<Pending> waiting = new ArrayDeque<>();
  private final Deque<Pending> sent = new ArrayDeque<>();
  private int unsettled;
  private long unsettledBytes;

  private String epoch = "";

  /** The newest sequence number that was given to a publication. */
  private long sequence;

  /** The newest sequence number that the server is known to have, in this epoch. */
  private long done;

  /** The newest sequence number that was written to the link. */
  private long handedOver;

  /** Up to here the sink has everything, also what it was not shown. */
  private long floor;

  private boolean isIdle;
  private boolean isWoken;
  private boolean isClosed;

  Outbox(EngineOptions options) {
    this(
        options.maxPending(),
        options.maxPendingBytes(),
        options.batch(),
        options.pendingDeadline());
  }

  Outbox(int maxPending, long maxPendingBytes, int maxBatch, Duration deadline) {
    this.maxPending = maxPending;
    this.maxPendingBytes = maxPendingBytes;
    this.maxBatch = maxBatch;
    this.deadlineNanos = deadline.toNanos();
  }

  /** Takes a publication, unless too many have not settled. */
  boolean offer(Publication publication) {
    Pending pending = new Pending(publication);
    synchronized (this) {
      boolean isFull =
          unsettled >= maxPending
              || unsettled > 0 && unsettledBytes + pending.bytes > maxPendingBytes;
      if (isClosed || isFull) {
        return false;
      }
      unsettled++;
      unsettledBytes += pending.bytes;
      waiting.add(pending);
      if (isIdle) {
        notifyAll();
      }
      return true;
    }
  }

  /** Lets {@link #take} return. */
  synchronized void wake() {
    isWoken = true;
    notifyAll();
  }

  /**
   * Returns what is to be sent next, or null.
   *
   * @param atMostMillis how long to wait for something; 0: not at all
   */
  synchronized Batch take(long atMostMillis) throws InterruptedException {
    if (atMostMillis > 0 && !isWoken && !hasNext()) {
      isIdle = true;
      wait(atMostMillis);
      isIdle = false;
    }
    isWoken = false;
    if (!hasNext()) {
      return null;
    }
    List<Pending> batch = new ArrayList<>();
    long bytes = 0;
    long previous = handedOver;
    if (isSentAgain()) {
      for (Pending pending : sent) {
        if (pending.sequence > handedOver && isRoom(batch, bytes)) {
          batch.add(pending);
          bytes += pending.bytes;
          handedOver = pending.sequence;
        }
      }
    } else {
      while (!waiting.isEmpty() && isRoom(batch, bytes)) {
        Pending pending = waiting.poll();
        pending.sequence = ++sequence;
        sent.add(pending);
        batch.add(pending);
        bytes += pending.bytes;
        handedOver = pending.sequence;
      }
    }
    return new Batch(epoch, previous, batch);
  }

  private boolean hasNext() {
    return !isClosed && !epoch.isEmpty() && (isSentAgain() || !waiting.isEmpty());
  }

  /** Returns whether the next batch was sent before, over a link that ended. */
  private boolean isSentAgain() {
    return !sent.isEmpty() && sent.getLast().sequence > handedOver;
  }

  private boolean isRoom(List<Pending> batch, long bytes) {
    return batch.size() < maxBatch && bytes < MAX_BATCH_BYTES;
  }

  /** Begins again over a new link with what the server is not known to have. */
  synchronized void rewind() {
    handedOver = done;
  }

  /** Returns whether a batch is of the epoch that the node is in now. */
  synchronized boolean isCurrent(Batch batch) {
    return batch.epoch.equals(epoch);
  }

  /**
   * Notes that the server has a batch. Publications settle when the tail comes to them, but for
   * those that it will not see.
   *
   * @param appended how many of the batch, its last ones, were not there before
   * @param last the offset of the last one, if any was appended
   */
  void acknowledge(Batch batch, long appended, long last) {
    List<Outcome> outcomes = new ArrayList<>();
    synchronized (this) {
      if (!batch.epoch.equals(epoch)) {
        return;
      }
      done = Math.max(done, batch.last());
      for (int i = batch.size() - 1; i >= batch.size() - appended; i--) {
        batch.all.get(i).offset = last - (batch.size() - 1 - i);
      }
      settleUpToFloor(outcomes);
    }
    tell(outcomes);
  }

  /** Notes that the sink has one of the node's own publications. */
  void placed(long sequence, long offset) {
    List<Outcome> outcomes = new ArrayList<>();
    synchronized (this) {
      while (!sent.isEmpty() && sent.getFirst().sequence <= sequence) {
        Pending pending = sent.poll();
        if (pending.sequence == sequence) {
          pending.offset = offset;
        }
        outcomes.add(new Outcome(pending, outcome(pending)));
      }
    }
    tell(outcomes);
  }

  /** Notes that the sink passed over all that is not after an offset, in the same epoch. */
  void passOver(long floor) {
    List<Outcome> outcomes = new ArrayList<>();
    synchronized (this) {
      this.floor = floor;
      settleUpToFloor(outcomes);
    }
    tell(outcomes);
  }

  /** Notes that the sink is in another epoch. What was sent and not acknowledged may be lost. */
  void begin(String epoch, long floor) {
    List<Outcome> outcomes = new ArrayList<>();
    synchronized (this) {
      for (Pending pending : sent) {
        outcomes.add(new Outcome(pending, outcome(pending)));
      }
      sent.clear();
      this.epoch = epoch;
      this.floor = floor;
      done = 0;
      handedOver = 0;
      isWoken = true;
      notifyAll();
    }
    tell(outcomes);
  }

  private void settleUpToFloor(List<Outcome> outcomes) {
    while (!sent.isEmpty() && sent.getFirst().offset > 0 && sent.getFirst().offset <= floor) {
      Pending pending = sent.poll();
      outcomes.add(new Outcome(pending, outcome(pending)));
    }
  }

  private Settled outcome(Pending pending) {
    return pending.offset == 0
        ? new Unconfirmed()
        : new At(Long.parseUnsignedLong(epoch, 16), pending.offset);
  }

  /** Settles what has waited for too long. */
  void expire() {
    List<Outcome> outcomes = new ArrayList<>();
    synchronized (this) {
      long now = System.nanoTime();
      while (!sent.isEmpty() && now - sent.getFirst().sinceNanos > deadlineNanos) {
        outcomes.add(new Outcome(sent.poll(), new Unconfirmed()));
      }
      while (!waiting.isEmpty() && now - waiting.getFirst().sinceNanos > deadlineNanos) {
        outcomes.add(new Outcome(waiting.poll(), new Unavailable()));
      }
    }
    tell(outcomes);
  }

  /** Takes nothing more, and settles everything. */
  void close() {
    List<Outcome> outcomes = new ArrayList<>();
    synchronized (this) {
      isClosed = true;
      sent.forEach(pending -> outcomes.add(new Outcome(pending, new Unconfirmed())));
      waiting.forEach(pending -> outcomes.add(new Outcome(pending, new Unavailable())));
      sent.clear();
      waiting.clear();
      notifyAll();
    }
    tell(outcomes);
  }

  /** Waits until everything has settled. */
  synchronized boolean flush(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (unsettled > 0) {
      long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }

  /** Tells outcomes, and then makes room for as many publications. */
  private void tell(List<Outcome> outcomes) {
    if (outcomes.isEmpty()) {
      return;
    }
    long bytes = 0;
    for (Outcome outcome : outcomes) {
      bytes += outcome.pending.bytes;
      outcome.pending.publication.settled().accept(outcome.settled);
    }
    synchronized (this) {
      unsettled -= outcomes.size();
      unsettledBytes -= bytes;
      if (unsettled == 0) {
        notifyAll();
      }
    }
  }
}
