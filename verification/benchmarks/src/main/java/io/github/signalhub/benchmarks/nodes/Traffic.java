package io.github.signalhub.benchmarks.nodes;

import io.github.signalhub.benchmarks.race.Latencies;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * The load of a pair, and what arrived of it. Each message has a number, so that a lost and a
 * repeated one are noticed. {@link #receive} is called by the threads of the ends, all else by one
 * thread.
 */
final class Traffic implements Pair.Receiver {
  static final String TYPE = "N";

  /** The length of a message, without the id that a hub adds. */
  static final int BYTES = 200;

  /** Publishers wait while so many messages have not arrived everywhere. */
  private static final int MAX_ON_THEIR_WAY = 20_000;

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
  private static final String START = text("").substring(0, text("").length() - 2);
  private static final int DIGITS = 9;
  private static final String PADDING = "x".repeat(BYTES - text("").length() - DIGITS);

  /** What arrived at one end. Written by the thread of the end. */
  private static final class Arrivals {
    final BitSet numbers = new BitSet();
    int repeated;
    volatile int count;
    volatile long newestNanos;
  }

  private final List<Arrivals> ends = new ArrayList<>();
  private final AtomicInteger published = new AtomicInteger();
  private final AtomicLongArray startNanos;
  private final Latencies latencies = new Latencies(); // of the last end

  /**
   * Creates one.
   *
   * @param messages how many there are at most
   */
  Traffic(int messages) {
    startNanos = new AtomicLongArray(messages);
    for (int i = 0; i < Pair.ENDS; i++) {
      ends.add(new Arrivals());
    }
  }

  /** Returns the JSON text of a message, as a hub would write it. */
  static String text(String payload) {
    return "{\"type\":\"" + TYPE + "\",\"payload\":\"" + payload + "\"}";
  }

  private static String payload(int number) {
    String digits = Integer.toString(number);
    return "0".repeat(DIGITS - digits.length()) + digits + PADDING;
  }

  @Override
  public void receive(int end, String text) {
    long now = System.nanoTime();
    if (!text.startsWith(START)) {
      return; // a control message
    }
    Arrivals arrivals = ends.get(end);
    int number = Integer.parseInt(text, START.length(), START.length() + DIGITS, 10);
    if (arrivals.numbers.get(number)) {
      arrivals.repeated++;
      return;
    }
    arrivals.numbers.set(number);
    if (end == Pair.ENDS - 1) {
      latencies.record(now - startNanos.get(number));
    }
    arrivals.newestNanos = now;
    arrivals.count++;
  }

  /**
   * Publishes messages at the first end at a fixed pace.
   *
   * @return the latencies at the other end. Each begins when the message was due, or a little later
   *     if the timer was late
   */
  Latencies paced(Pair pair, int messages, int perSecond) throws IOException, InterruptedException {
    latencies.clear();
    long start = System.nanoTime();
    for (int i = 0; i < messages; i++) {
      long due = start + TimeUnit.SECONDS.toNanos(i) / perSecond;
      int number = published.getAndIncrement();
      boolean isLate = System.nanoTime() - due > 0;
      while (System.nanoTime() - due < 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      startNanos.set(number, isLate ? due : System.nanoTime());
      pair.publish(0, payload(number));
    }
    awaitAll();
    return latencies;
  }

  /**
   * Publishes messages at both ends, as fast as they arrive everywhere.
   *
   * @return how many nanoseconds it took until all had arrived
   */
  long flood(Pair pair, int messages) throws IOException, InterruptedException {
    long start = System.nanoTime();
    List<CompletableFuture<Void>> publishers = new ArrayList<>();
    for (int i = 0; i < Pair.ENDS; i++) {
      int end = i;
      int share = messages / Pair.ENDS;
      publishers.add(CompletableFuture.runAsync(() -> flood(pair, end, share), Traffic::begin));
    }
    try {
      CompletableFuture.allOf(publishers.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException e) {
      throw new IOException(e.getCause());
    }
    awaitAll();
    return newestNanos() - start;
  }

  private static void begin(Runnable publisher) {
    new Thread(publisher, "publisher").start();
  }

  private void flood(Pair pair, int end, int messages) {
    try {
      long patient = System.nanoTime() + PATIENCE_NANOS;
      for (int i = 0; i < messages; i++) {
        while (published.get() - arrived() > MAX_ON_THEIR_WAY && System.nanoTime() < patient) {
          pair.flush(end);
          LockSupport.parkNanos(PAUSE_NANOS);
        }
        pair.add(end, payload(published.getAndIncrement()));
      }
      pair.flush(end);
    } catch (InterruptedException e) {
      throw new IllegalStateException("expected a flood to end, was interrupted", e);
    }
  }

  /** Publishes one message at the first end. */
  void single(Pair pair) throws InterruptedException {
    int number = published.getAndIncrement();
    startNanos.set(number, System.nanoTime());
    pair.publish(0, payload(number));
  }

  /** Returns when the other end got its newest message. */
  long newestNanosOfOther() {
    return ends.get(Pair.ENDS - 1).newestNanos;
  }

  private long newestNanos() {
    return ends.stream().mapToLong(end -> end.newestNanos).max().orElseThrow();
  }

  /** Returns how many messages every end has. */
  private int arrived() {
    int least = Integer.MAX_VALUE;
    for (Arrivals end : ends) {
      least = Math.min(least, end.count);
    }
    return least;
  }

  /** Waits until all messages have arrived, or none came for thirty seconds. */
  void awaitAll() throws IOException, InterruptedException {
    int before = -1;
    for (long since = System.nanoTime(); arrived() < published.get(); Thread.sleep(1)) {
      if (arrived() > before) {
        before = arrived();
        since = System.nanoTime();
      } else if (System.nanoTime() - since > PATIENCE_NANOS) {
        throw new IOException(
            "expected %,d messages at each end, was %,d".formatted(published.get(), arrived()));
      }
    }
  }

  /** Returns how many came more than once. */
  int repeated() {
    return ends.stream().mapToInt(end -> end.repeated).sum();
  }
}
