package io.github.signalhub.spi;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * A transport for platforms that send whole texts and tell when each is done, and that have loops
 * of their own or none: Jakarta WebSocket, Spring, Netty's higher layers, a test.
 *
 * <p>The platform's glue calls {@link #open} when a connection is there, then {@link
 * CallbackLink#text}, {@link CallbackLink#binary} and at its end {@link CallbackLink#closed}; the
 * link calls the glue's {@link CallbackSender}, with one text at a time. While a text is under way
 * nothing is queued for that link: what is published meanwhile follows when it is done.
 *
 * <p>An executor that rejects a task, or throws anything else, has ended: the connections of that
 * loop are cut, and the hub's clients end with 1006. Nothing throws into the platform, nor out of
 * {@code hub.close()}. A later connection asks the executor again. Thread-safe.
 */
public final class CallbackTransport implements Transport {
  private final String name;
  private final List<SerialLoop> loops;
  private final AtomicInteger next = new AtomicInteger();
  private final Set<CallbackLink> links = ConcurrentHashMap.newKeySet();
  private volatile Registrar registrar;
  private volatile Duration retryAfter; // null while connections are accepted
  private volatile boolean stopped;

  /**
   * Creates a transport whose links share one loop per processor.
   *
   * @param name for logs, such as {@code "jakarta"}
   * @param executor runs the loops' tasks, which are short and never wait, unless the glue's sender
   *     does. It stays the caller's. A task that it runs within {@code execute} goes to a thread of
   *     its own, because the caller may hold locks. A task that it drops holds up its loop until
   *     {@link #stop}
   */
  public CallbackTransport(String name, Executor executor) {
    this(name, executor, Runtime.getRuntime().availableProcessors());
  }

  /**
   * Creates a transport.
   *
   * @param name for logs
   * @param executor runs the loops' tasks
   * @param loops how many loops to spread the links over, at least 1. A sender that waits while it
   *     sends holds up the links of its loop, so such platforms want more
   */
  public CallbackTransport(String name, Executor executor, int loops) {
    this.name = Objects.requireNonNull(name, "name");
    Objects.requireNonNull(executor, "executor");
    if (loops < 1) {
      throw new IllegalArgumentException("expected at least 1 loop, was " + loops);
    }
    this.loops =
        IntStream.range(0, loops).mapToObj(i -> new SerialLoop(executor, this::cutAll)).toList();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start(Registrar registrar) {
    this.registrar = Objects.requireNonNull(registrar, "registrar");
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
    stopped = true; // before the links are looked at: see open
    links.forEach(CallbackLink::cut);
    loops.forEach(SerialLoop::end); // the executor may have dropped their tasks
  }

  /**
   * Returns how often rights were taken back so far. Glue that asks somebody whether a client may
   * connect reads this first, for {@link Handshake.Builder#decidedSince}. 0 before the start.
   */
  public long revocations() {
    Registrar started = registrar;
    return started == null ? 0 : started.revocations();
  }

  /**
   * Makes a client of a connection that the platform has accepted. Registration happens on a loop,
   * a moment later; if the hub refuses it, the sender is told to close.
   *
   * @param handshake what was agreed
   * @param sender the platform's side of this connection
   * @return where the platform reports what the peer does
   * @throws IllegalStateException if the transport is not started, or accepts no more
   */
  public CallbackLink open(Handshake handshake, CallbackSender sender) {
    Objects.requireNonNull(handshake, "handshake");
    Objects.requireNonNull(sender, "sender");
    if (registrar == null || retryAfter != null) {
      throw new IllegalStateException("the transport " + name + " accepts no connections");
    }
    SerialLoop loop = loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
    CallbackLink link = new CallbackLink(loop, registrar, sender, links::remove);
    links.add(link);
    link.register(handshake.decidedBy(registrar.revocations())); // it waits for its loop
    if (stopped) {
      link.cut(); // stop may have looked too early to see it
    }
    return link;
  }

  private void cutAll(Loop loop) {
    links.stream().filter(link -> link.loop() == loop).forEach(CallbackLink::cutNow);
  }
}
