package io.github.signalhub.spi;

import io.github.signalhub.internal.settings.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * A transport for platforms that send whole texts and tell when each is done. They may have loops
 * of their own. Examples are Jakarta WebSocket, Spring, Netty's higher layers, and tests.
 *
 * <p>The platform's glue calls {@link #open} when a connection is there. Then it calls {@link
 * CallbackLink#text}, {@link CallbackLink#binary} and at its end {@link CallbackLink#closed}. The
 * link calls the glue's {@link CallbackSender}, with one text at a time, or with several if {@link
 * Builder#maxTextsPerSend} allows it. While they are under way nothing is queued for that link.
 * Messages that are published meanwhile follow when they are done.
 *
 * <p>An executor that rejects a task, or throws anything else, counts as ended. The connections of
 * that loop are cut, and the hub's clients end with 1006. Nothing throws into the platform, nor out
 * of {@code hub.close()}. A later connection asks the executor again. Thread-safe.
 */
public final class CallbackTransport implements Transport {
  private final Options options;
  private final List<SerialLoop> loops;
  private final AtomicInteger next = new AtomicInteger();
  private final Set<CallbackLink> links = ConcurrentHashMap.newKeySet();
  private volatile Registrar registrar;
  private volatile Duration retryAfter; // null while connections are accepted
  private volatile boolean stopped;

  /**
   * Creates a transport with the default options. A shorthand for {@link #builder}.
   *
   * @param name for logs, such as {@code "jakarta"}
   * @param executor as for {@link #builder}
   */
  public CallbackTransport(String name, Executor executor) {
    this(builder(name, executor).freeze());
  }

  private CallbackTransport(Options options) {
    this.options = options;
    loops =
        IntStream.range(0, options.loops)
            .mapToObj(i -> new SerialLoop(options.executor, this::cutAll, options.timing))
            .toList();
  }

  /**
   * Returns a builder with the default options.
   *
   * @param name for logs, such as {@code "jakarta"}
   * @param executor runs the loops' tasks, which are short and never wait, unless the glue's sender
   *     does. It stays the caller's. A task that it runs within {@code execute} goes to a thread of
   *     its own, because the caller may hold locks. A task that it drops holds up its loop until
   *     {@link #stop}
   */
  public static Builder builder(String name, Executor executor) {
    return new Builder(name, executor);
  }

  /** How a transport works. Immutable. */
  record Options(
      String name,
      Executor executor,
      int loops,
      int maxTextsPerSend,
      int minMessageBytesPerSecond,
      LinkTimeouts timeouts,
      LongSupplier nanoClock,
      SerialLoop.Timing timing) {}

  /**
   * Makes a {@link CallbackTransport}. A setter refuses a value outside its range with an {@link
   * IllegalArgumentException}, which names the setting, the range and the value. Not thread-safe.
   */
  public static final class Builder {
    private final String name;
    private final Executor executor;
    private int loops = Runtime.getRuntime().availableProcessors();
    private int maxTextsPerSend = 1;
    private int minMessageBytesPerSecond = 1024;
    private LinkTimeouts timeouts = LinkTimeouts.DEFAULT;
    private LongSupplier nanoClock = System::nanoTime;
    private SerialLoop.Timing timing = SerialLoop.Timing.SHARED;

    private Builder(String name, Executor executor) {
      this.name = Objects.requireNonNull(name, "name");
      this.executor = Objects.requireNonNull(executor, "executor");
    }

    /**
     * Sets how many loops to spread the links over, at least 1; by default one per processor. A
     * sender that waits while it sends holds up the links of its loop, so such platforms want more.
     */
    public Builder loops(int loops) {
      this.loops = Setting.atLeast("loops", 1, loops);
      return this;
    }

    /**
     * Sets how many texts are sent together at most, at least 1; by default 1. For platforms that
     * batch: with more than 1 the sender overrides {@link CallbackSender#send(List, Runnable)}.
     * Texts of less than 64 KiB together are followed by a further one.
     */
    public Builder maxTextsPerSend(int maxTextsPerSend) {
      this.maxTextsPerSend = Setting.atLeast("maxTextsPerSend", 1, maxTextsPerSend);
      return this;
    }

    /**
     * Sets how many bytes a second of an unfinished message must come, at least 1; by default 1
     * KiB. Texts count in UTF-8. A client that is 10 seconds late is closed with 1013. Time in
     * which the hub wants no messages does not count.
     */
    public Builder minMessageBytesPerSecond(int minMessageBytesPerSecond) {
      this.minMessageBytesPerSecond =
          Setting.atLeast("minMessageBytesPerSecond", 1, minMessageBytesPerSecond);
      return this;
    }

    /**
     * Sets how long a peer may keep its link waiting; by default {@link LinkTimeouts#DEFAULT}.
     * Silent peers are noticed if {@link CallbackSender#ping} can ping.
     */
    public Builder timeouts(LinkTimeouts timeouts) {
      this.timeouts = Objects.requireNonNull(timeouts, "timeouts");
      return this;
    }

    /** Sets the time, for tests. */
    Builder time(LongSupplier nanoClock, SerialLoop.Timing timing) {
      this.nanoClock = nanoClock;
      this.timing = timing;
      return this;
    }

    /** Returns a transport, which is not started. */
    public CallbackTransport build() {
      return new CallbackTransport(freeze());
    }

    private Options freeze() {
      return new Options(
          name,
          executor,
          loops,
          maxTextsPerSend,
          minMessageBytesPerSecond,
          timeouts,
          nanoClock,
          timing);
    }
  }

  @Override
  public String name() {
    return options.name;
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
   * a moment later; if the hub refuses it, the sender is told to close. The connection may end
   * before this returns: then the platform calls {@link CallbackLink#closed} right after it.
   *
   * @param handshake the agreement with the client
   * @param sender the platform's side of this connection
   * @return the link to which the platform reports
   * @throws IllegalStateException if the transport is not started, or accepts no more; {@link
   *     #retryAfter} says when the client may come back
   */
  public CallbackLink open(Handshake handshake, CallbackSender sender) {
    Objects.requireNonNull(handshake, "handshake");
    Objects.requireNonNull(sender, "sender");
    if (registrar == null || retryAfter != null) {
      throw new IllegalStateException(
          "the transport " + options.name() + " accepts no connections");
    }
    SerialLoop loop = loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
    CallbackLink link =
        new CallbackLink(loop, registrar, handshake, sender, options, links::remove);
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
