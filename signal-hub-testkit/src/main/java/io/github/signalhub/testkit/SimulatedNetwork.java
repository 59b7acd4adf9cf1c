package io.github.signalhub.testkit;

import io.github.signalhub.Hub;
import io.github.signalhub.HubBuilder;
import io.github.signalhub.memory.MemoryTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * A network between a hub and simulated clients, in virtual time. Events happen only within {@link
 * #step}, {@link #settle} and {@link #runFor}. A seed decides their order and the faults. The same
 * seed and the same calls give the same run.
 *
 * <pre>{@code
 * SimulatedNetwork network = new SimulatedNetwork(seed);
 * Hub hub = network.open(Hub.builder());
 * SimulatedClient client = network.client().topic("flow:42").connect();
 * network.inject(Faults.ROUGH);
 *
 * hub.topic("flow:42").publish("TICK", Map.of("n", 1));
 * network.runFor(Duration.ofMinutes(1));
 * network.heal();
 * network.runFor(Duration.ofMinutes(1));
 *
 * assert client.messages().size() == 1;
 * }</pre>
 *
 * <p>Client ids and hub epochs do not depend on the seed. They influence nothing but the order in
 * which a closing hub visits its clients.
 *
 * <p>Confined to one thread, which runs the hub's loops, the listeners and the clients.
 */
public final class SimulatedNetwork {
  /** More steps than any test needs at one time; a run that reaches it never ends. */
  private static final int MAX_STEPS_AT_ONCE = 2_000_000;

  private final long seed;
  private final int loops;
  private final SplittableRandom random;
  private final List<HubPlace> places = new ArrayList<>();
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
   * @param loops the number of event loops that share the links, at least 1
   */
  public SimulatedNetwork(long seed, int loops) {
    this.seed = seed;
    this.loops = loops;
    random = new SplittableRandom(seed);
    HubPlace first = new HubPlace(loops);
    places.add(first);
    clock = new VirtualClock(first.memory().nanoClock());
    timeline = new Timeline(clock.nanoClock(), random.split());
  }

  /**
   * Opens a hub on this network. The hub uses this network's clock, and its listeners are called in
   * this network's steps. A second call after the hub was closed simulates a restart. Clients then
   * reconnect to the new hub.
   *
   * <p>The deadline of {@code Hub.close} is in real time, so close the hub with {@code
   * Duration.ZERO}. Clients that read get all earlier messages and a regular close. All other
   * clients are cut.
   *
   * <p>A second call while a hub is open adds a node, as {@link
   * io.github.signalhub.HubBuilder#backbone} needs it. Each client that connects comes to an open
   * hub by chance, as after a balancer.
   */
  public Hub open(HubBuilder options) {
    Hub hub =
        options
            .nanoClock(clock.nanoClock())
            .clock(clock)
            .callbackExecutor(callback -> timeline.after(0, callback))
            .build();
    HubPlace place = freePlace();
    place.take(hub);
    try {
      hub.attach(place);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return hub;
  }

  private HubPlace freePlace() {
    return places.stream().filter(HubPlace::isFree).findFirst().orElseGet(this::newPlace);
  }

  private HubPlace newPlace() {
    HubPlace place = new HubPlace(loops);
    place.memory().elapse(clock.elapsed());
    places.add(place);
    return place;
  }

  /**
   * Breaks all links of a hub. No client reaches it any more, as after the end of its process. The
   * hub is not closed, and does not know of it.
   *
   * @throws IllegalArgumentException if the hub is not on this network
   */
  public void kill(Hub hub) {
    Objects.requireNonNull(hub, "hub");
    places.stream()
        .filter(place -> place.isOf(hub))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("expected a hub of this network"))
        .kill();
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

  /** Replaces the faults from now on. */
  public void inject(Faults faults) {
    this.faults = Objects.requireNonNull(faults, "faults");
  }

  /**
   * Ends all faults. Links that stalled by chance read again, and silent links are cut. Stalls that
   * a test requested stay.
   */
  public void heal() {
    faults = Faults.NONE;
    List.copyOf(links).forEach(SimulatedLink::heal);
  }

  /**
   * Sets the time after which each end of a silent link ends it, as heartbeats do; 30 seconds by
   * default. A closing link whose client does not read is cut after the same time.
   */
  public void deadPeerTimeout(Duration timeout) {
    Objects.requireNonNull(timeout, "deadPeerTimeout");
    if (timeout.compareTo(Duration.ofNanos(1)) < 0
        || timeout.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException(
          "expected deadPeerTimeout of 1 ns to 292 years, was " + timeout);
    }
    deadPeerTimeout = timeout;
  }

  /** Runs an action after a time, as the timer of a back end does. */
  public void schedule(Runnable action, Duration delay) {
    Objects.requireNonNull(action, "action");
    timeline.after(delay.toNanos(), action);
  }

  /**
   * Runs one thing that is due now: a task of one loop, an arrival, or a callback. A fault comes
   * before it.
   *
   * @return whether anything was due
   */
  public boolean step() {
    int choices = timeline.isDue() ? 1 : 0;
    for (HubPlace place : places) {
      for (int loop = 0; loop < loops; loop++) {
        choices += place.memory().isIdle(loop) ? 0 : 1;
      }
    }
    if (choices == 0) {
      return false;
    }
    injectFault();
    int chosen = random.nextInt(choices);
    for (HubPlace place : places) {
      for (int loop = 0; loop < loops; loop++) {
        if (!place.memory().isIdle(loop) && chosen-- == 0) {
          return place.memory().runTask(loop);
        }
      }
    }
    if (timeline.isDue()) {
      timeline.happen();
    }
    return true;
  }

  /**
   * Steps until nothing is due at the current time.
   *
   * @throws IllegalStateException if that never ends, because an action causes itself
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
   * Lets time pass and runs everything that becomes due.
   *
   * @throws IllegalArgumentException if the time is negative
   */
  public void runFor(Duration time) {
    runUntil(() -> false, time);
  }

  /**
   * Lets time pass until a condition holds.
   *
   * @param atMost the longest time to wait
   * @return whether it holds
   * @throws IllegalArgumentException if the time is negative
   */
  public boolean runUntil(BooleanSupplier condition, Duration atMost) {
    if (Objects.requireNonNull(atMost, "atMost").isNegative()) {
      throw new IllegalArgumentException("expected atMost of at least 0, was " + atMost);
    }
    long end = timeline.now() + atMost.toNanos();
    settle();
    while (!condition.getAsBoolean()) {
      long next = Math.min(timeline.next(), nextTimer());
      Duration until = Duration.ofNanos(Math.min(next, end) - timeline.now());
      places.forEach(place -> place.memory().elapse(until));
      if (next > end) {
        return condition.getAsBoolean();
      }
      settle();
    }
    return true;
  }

  /** Returns the seed and the time, for failure messages. */
  @Override
  public String toString() {
    return "seed " + seed + " at " + clock.elapsed();
  }

  private long nextTimer() {
    return places.stream()
        .mapToLong(place -> place.memory().nextTimerNanos().orElse(Long.MAX_VALUE))
        .min()
        .orElseThrow();
  }

  /** Returns the transport of an open hub, drawn by the seed if there are several. */
  MemoryTransport reachable() {
    List<HubPlace> open = places.stream().filter(HubPlace::accepts).toList();
    HubPlace drawn =
        open.isEmpty()
            ? places.get(0)
            : open.get(open.size() == 1 ? 0 : random.nextInt(open.size()));
    return drawn.memory();
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
