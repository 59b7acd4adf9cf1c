package io.github.signalhub.memory;

import io.github.signalhub.internal.settings.Setting;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Transport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Connects clients of the same program to a hub.
 *
 * <pre>{@code
 * Hub hub = Hub.builder().callbackExecutor(Runnable::run).build();
 * MemoryTransport transport = new MemoryTransport();
 * hub.attach(transport);
 * MemoryLink link = transport.connect(Handshake.builder().topic("flow:42").build());
 *
 * hub.topic("flow:42").publish("TICK", Map.of("n", 1));
 * transport.run();
 *
 * assert link.received().size() == 1;
 * }</pre>
 *
 * <p>Nothing is sent before {@link #run}: what was published until then goes out together, as on a
 * busy event loop. Thread-safe; tasks run on the thread that calls {@link #run}.
 */
public final class MemoryTransport implements Transport {
  private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

  private final List<ManualLoop> loops;
  private final List<MemoryLink> links = new CopyOnWriteArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong();
  private volatile Registrar registrar;
  private volatile Duration retryAfter; // null while links are accepted

  /** Creates a transport with one loop. */
  public MemoryTransport() {
    this(1);
  }

  /**
   * Creates a transport.
   *
   * @param loops over how many loops the links are spread, at least 1
   */
  public MemoryTransport(int loops) {
    Setting.atLeast("loops", 1, loops);
    this.loops = IntStream.range(0, loops).mapToObj(i -> new ManualLoop(nanos::get)).toList();
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public void start(Registrar registrar) { // once stopped, it may serve another hub
    this.registrar = Objects.requireNonNull(registrar, "registrar");
    retryAfter = null;
  }

  @Override
  public void stopAccepting(Duration retryAfter) {
    this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
  }

  @Override
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  @Override
  public void stop() {
    if (retryAfter == null) {
      retryAfter = Duration.ZERO;
    }
    links.forEach(MemoryLink::cut);
  }

  /**
   * Returns how often rights were taken back so far, for {@link Handshake.Builder#decidedSince}. 0
   * before the start.
   */
  public long revocations() {
    Registrar started = registrar;
    return started == null ? 0 : started.revocations();
  }

  /**
   * Connects a client.
   *
   * @return the client's end of the link
   * @throws IllegalStateException if the transport is not started or accepts no more, or the hub is
   *     closed
   */
  public MemoryLink connect(Handshake handshake) {
    return connect(handshake, LinkOptions.DEFAULT);
  }

  /**
   * Connects a client.
   *
   * @return the client's end of the link
   * @throws IllegalArgumentException if there is no such loop
   * @throws IllegalStateException if the transport is not started or accepts no more, or the hub is
   *     closed
   */
  public MemoryLink connect(Handshake handshake, LinkOptions options) {
    Objects.requireNonNull(handshake, "handshake");
    Objects.requireNonNull(options, "options");
    int chosen = options.loop().orElseGet(next::getAndIncrement);
    if (options.loop().isPresent() && chosen >= loops.size()) {
      throw new IllegalArgumentException(
          "expected loop of 0 to " + (loops.size() - 1) + ", was " + chosen);
    }
    if (registrar == null || retryAfter != null) {
      throw new IllegalStateException("the transport accepts no connections");
    }
    ManualLoop loop = loops.get(Math.floorMod(chosen, loops.size()));
    MemoryLink link = new MemoryLink(loop, registrar, options, links::remove);
    links.add(link); // first, because a listener may end it at once
    try {
      link.open(handshake);
    } catch (RuntimeException e) {
      links.remove(link);
      throw e;
    }
    return link;
  }

  /**
   * Returns the time of this transport, which stands still but for {@link #advance}; give it to
   * {@code HubBuilder.nanoClock}.
   */
  public LongSupplier nanoClock() {
    return nanos::get;
  }

  /**
   * Returns a wall clock that begins at 2026-01-01T00:00:00Z and moves with the time of this
   * transport; give it to {@code HubBuilder.clock}.
   */
  public InstantSource clock() {
    return () -> BEGINNING.plusNanos(nanos.get());
  }

  /**
   * Lets time pass. Runs every timer when it is due, and the tasks that it causes.
   *
   * @throws IllegalArgumentException if the time is negative
   */
  public void advance(Duration time) {
    long end = nanos.get() + nanos(time);
    run();
    for (long next = nextTimer(); next <= end; next = nextTimer()) {
      nanos.set(Math.max(nanos.get(), next));
      run();
    }
    nanos.set(end);
  }

  /**
   * Lets time pass and runs nothing: timers that became due wait for {@link #run} or {@link
   * #runTask}.
   *
   * @throws IllegalArgumentException if the time is negative
   */
  public void elapse(Duration time) {
    nanos.addAndGet(nanos(time));
  }

  /** Runs all loops until nothing is left to do at this time. */
  public void run() {
    boolean any = true;
    while (any) {
      any = false;
      for (ManualLoop loop : loops) {
        while (loop.runTask()) {
          any = true;
        }
      }
    }
  }

  /**
   * Runs one task of one loop, for tests that decide about the order of events.
   *
   * @param loop from 0
   * @return whether there was anything to do
   * @throws IndexOutOfBoundsException if there is no such loop
   */
  public boolean runTask(int loop) {
    return loops.get(loop).runTask();
  }

  /**
   * Returns whether a loop has nothing to do at this time.
   *
   * @throws IndexOutOfBoundsException if there is no such loop
   */
  public boolean isIdle(int loop) {
    return loops.get(loop).isIdle();
  }

  /** Returns when the next timer of a loop is due, by {@link #nanoClock}; empty if none runs. */
  public OptionalLong nextTimerNanos() {
    long next = nextTimer();
    return next == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(next);
  }

  /**
   * Cuts every link that is being closed and does not read. Other transports do so at a deadline.
   */
  public void expireClosing() {
    links.forEach(MemoryLink::expireClosing);
  }

  private static long nanos(Duration time) {
    return Setting.notNegative("time", time).toNanos();
  }

  private long nextTimer() {
    return loops.stream().mapToLong(ManualLoop::nextTimer).min().orElseThrow();
  }
}
