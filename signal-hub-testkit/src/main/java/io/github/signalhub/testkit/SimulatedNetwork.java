package io.github.signalhub.testkit;

import io.github.signalhub.Hub;
import io.github.signalhub.HubBuilder;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * A network between a hub and simulated clients, in virtual time. Nothing happens but by {@link
 * #step}, {@link #settle} and {@link #runFor}; what happens first, and what goes wrong, is drawn
 * from a seed. The same seed and the same calls give the same run.
 *
 * <pre>{@code
 * SimulatedNetwork network = new SimulatedNetwork(seed);
 * Hub hub = network.open(Hub.builder());
 * SimulatedClient client = network.client().topic("flow:42").connect();
 * network.inject(Faults.ROUGH);
 *
 * hub.publish("flow:42", "TICK", Map.of("n", 1));
 * network.runFor(Duration.ofMinutes(1));
 * network.heal();
 * network.runFor(Duration.ofMinutes(1));
 *
 * assert client.messages().size() == 1;
 * }</pre>
 *
 * <p>Ids of clients and epochs of hubs are random nevertheless; no decision depends on them, except
 * in which order a hub that is closed visits its clients.
 *
 * <p>Confined to one thread, which runs the hub's loops, the listeners and the clients.
 */
public final class SimulatedNetwork implements Transport {
  /** What nobody needs: whoever gets there goes round in circles. */
  private static final int MAX_STEPS_AT_ONCE = 2_000_000;

  private final long seed;
  private final int loops;
  private final SplittableRandom random;
  private final MemoryTransport memory;
  private final VirtualClock clock;
  private final Timeline timeline;
  private final List<SimulatedLink> links = new ArrayList<>();
  private Faults faults = Faults.NONE;
  private Duration deadPeerTimeout = Duration.ofSeconds(30);
  private int clients;

  /**
   * Creates a network with two loops and without faults.
   *
   * @param seed decides everything that is left to chance; print it when a test fails
   */
  public SimulatedNetwork(long seed) {
    this(seed, 2);
  }

  /**
   * Creates a network without faults.
   *
   * @param seed decides everything that is left to chance; print it when a test fails
   * @param loops over how many event loops the links are spread, at least 1
   */
  public SimulatedNetwork(long seed, int loops) {
    this.seed = seed;
    this.loops = loops;
    random = new SplittableRandom(seed);
    memory = new MemoryTransport(loops);
    clock = new VirtualClock(memory.nanoClock());
    timeline = new Timeline(memory.nanoClock(), random.split());
  }

  /**
   * Opens a hub on this network: its clock is this network's, and its listeners are called in steps
   * of it. May be called again once the hub is closed, as after a restart: clients find the new one
   * when they come back.
   */
  public Hub open(HubBuilder options) {
    Hub hub =
        options
            .nanoClock(clock.nanoClock())
            .callbackExecutor(callback -> timeline.after(0, callback))
            .build();
    try {
      hub.attach(this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return hub;
  }

  /** Returns a builder of a client that is not connected yet. */
  public SimulatedClient.Builder client() {
    return new SimulatedClient.Builder(this, "client " + ++clients);
  }

  /** Returns the seed. */
  public long seed() {
    return seed;
  }

  /** Returns the time. */
  public VirtualClock clock() {
    return clock;
  }

  /** Lets these things go wrong from now on, instead of those before. */
  public void inject(Faults faults) {
    this.faults = Objects.requireNonNull(faults, "faults");
  }

  /**
   * Ends all faults: none is injected from now on, links that stalled by chance read again, and
   * those that went silent are cut. What a test did to a link by name stays.
   */
  public void heal() {
    faults = Faults.NONE;
    List.copyOf(links).forEach(SimulatedLink::heal);
  }

  /**
   * Sets after how long an end of a silent link takes the other for dead, as heartbeats do, and a
   * closing link that does not read is cut; 30 seconds by default.
   */
  public void deadPeerTimeout(Duration timeout) {
    deadPeerTimeout = Objects.requireNonNull(timeout, "timeout");
  }

  /** Has something happen after a time; what a back end does by timers, for example. */
  public void schedule(Duration delay, Runnable action) {
    Objects.requireNonNull(action, "action");
    timeline.after(delay.toNanos(), action);
  }

  /**
   * Does one thing that can be done now: a task of one loop, an arrival, a callback. What goes
   * wrong goes wrong before it.
   *
   * @return whether there was anything to do at this time
   */
  public boolean step() {
    int choices = timeline.isDue() ? 1 : 0;
    for (int loop = 0; loop < loops; loop++) {
      choices += memory.isIdle(loop) ? 0 : 1;
    }
    if (choices == 0) {
      return false;
    }
    injectFault();
    int chosen = random.nextInt(choices);
    for (int loop = 0; loop < loops; loop++) {
      if (!memory.isIdle(loop) && chosen-- == 0) {
        return memory.runTask(loop);
      }
    }
    if (timeline.isDue()) {
      timeline.happen();
    }
    return true;
  }

  /**
   * Steps until nothing is left to do at this time.
   *
   * @throws IllegalStateException if that never ends, because something that happens causes itself
   */
  public void settle() {
    for (int steps = 0; step(); steps++) {
      if (steps == MAX_STEPS_AT_ONCE) {
        throw new IllegalStateException(
            "expected rest within " + steps + " steps at " + clock + " (seed " + seed + ")");
      }
    }
  }

  /**
   * Lets time pass, and happen what happens meanwhile.
   *
   * @throws IllegalArgumentException if the time is negative
   */
  public void runFor(Duration time) {
    runUntil(() -> false, time);
  }

  /**
   * Lets time pass until a condition holds.
   *
   * @param most for how long at most
   * @return whether it holds
   * @throws IllegalArgumentException if the time is negative
   */
  public boolean runUntil(BooleanSupplier condition, Duration most) {
    if (most.isNegative()) {
      throw new IllegalArgumentException("expected a time of at least 0, was " + most);
    }
    long end = timeline.now() + most.toNanos();
    settle();
    while (!condition.getAsBoolean()) {
      long next = Math.min(timeline.next(), memory.nextTimerNanos().orElse(Long.MAX_VALUE));
      memory.elapse(Duration.ofNanos(Math.min(next, end) - timeline.now()));
      if (next > end) {
        return condition.getAsBoolean();
      }
      settle();
    }
    return true;
  }

  @Override
  public String name() {
    return "simulated";
  }

  @Override
  public void start(Registrar registrar) {
    memory.start(registrar);
  }

  @Override
  public void stopAccepting(Duration retryAfter) {
    memory.stopAccepting(retryAfter);
  }

  @Override
  public Optional<Duration> retryAfter() {
    return memory.retryAfter();
  }

  /**
   * Comes at the deadline of {@code Hub.close}, which waits in real time, so close hubs with {@code
   * Duration.ZERO}: who can read gets what was published before and is closed in good order, then
   * all others are cut.
   */
  @Override
  public void stop() {
    boolean anything = true;
    while (anything) {
      anything = false;
      for (int loop = 0; loop < loops; loop++) {
        anything |= memory.runTask(loop);
      }
    }
    memory.stop();
  }

  /** Returns the seed and the time, for messages of failures. */
  @Override
  public String toString() {
    return "seed " + seed + " at " + clock.elapsed();
  }

  MemoryTransport memory() {
    return memory;
  }

  Timeline timeline() {
    return timeline;
  }

  SplittableRandom random() {
    return random;
  }

  long deadPeerNanos() {
    return deadPeerTimeout.toNanos();
  }

  Pipe pipe() {
    return new Pipe(timeline, this::delayNanos);
  }

  void add(SimulatedLink link) {
    links.add(link);
  }

  void remove(SimulatedLink link) {
    links.remove(link);
  }

  private long delayNanos() {
    return between(faults.minDelay().toNanos(), faults.maxDelay().toNanos());
  }

  private long between(long least, long most) {
    return least == most ? least : random.nextLong(least, most + 1);
  }

  private void injectFault() {
    if (links.isEmpty() || faults.equals(Faults.NONE)) {
      return;
    }
    SimulatedLink link = links.get(random.nextInt(links.size()));
    double dice = random.nextDouble();
    if ((dice -= faults.cut()) < 0) {
      link.cut();
    } else if ((dice -= faults.halfOpen()) < 0) {
      link.goSilent();
    } else if ((dice -= faults.stall()) < 0) {
      link.stallFor(0, between(1, faults.stallTime().toNanos()));
    } else if (dice - faults.partialWrite() < 0) {
      link.stallFor(between(1, faults.partialBytes()), between(1, faults.stallTime().toNanos()));
    }
  }
}
