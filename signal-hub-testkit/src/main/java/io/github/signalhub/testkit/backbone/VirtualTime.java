package io.github.signalhub.testkit.backbone;

import io.github.signalhub.testkit.SimulatedNetwork;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The time of a simulated network. Confined to the thread of the test. */
final class VirtualTime implements EngineTime {
  private final SimulatedNetwork network;

  VirtualTime(SimulatedNetwork network) {
    this.network = network;
  }

  @Override
  public long nanos() {
    return network.clock().nanoClock().getAsLong();
  }

  @Override
  public void after(long delayNanos, Runnable event) {
    network.schedule(event, Duration.ofNanos(delayNanos));
  }

  @Override
  public void run(Runnable action) {
    action.run();
  }

  /** A wait of no time runs no event, so a hub that closes at once disturbs no other. */
  @Override
  public boolean await(BooleanSupplier condition, Duration atMost) {
    return atMost.isZero() ? condition.getAsBoolean() : network.runUntil(condition, atMost);
  }
}
