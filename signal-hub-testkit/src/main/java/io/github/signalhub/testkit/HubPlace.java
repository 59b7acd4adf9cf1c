package io.github.signalhub.testkit;

import io.github.signalhub.Hub;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Transport;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The place of one hub in a network: its event loops, and its clients' links. When the hub has
 * closed, another one may take the place. Confined to the test's thread.
 */
final class HubPlace implements Transport {
  private final int loops;
  private final MemoryTransport memory;
  private @Nullable Hub hub;
  private State state = State.FREE;

  private enum State {
    FREE,
    OPEN,
    DEAD
  }

  HubPlace(int loops) {
    this.loops = loops;
    memory = new MemoryTransport(loops);
  }

  MemoryTransport memory() {
    return memory;
  }

  /** Notes the hub that takes this place. */
  void take(Hub newHub) {
    hub = newHub;
  }

  boolean isOf(Hub other) {
    return hub == other;
  }

  /** Returns whether a hub can take this place: it never had one, or that one has closed. */
  boolean isFree() {
    return state == State.FREE;
  }

  /** Returns whether clients can connect. */
  boolean accepts() {
    return state == State.OPEN && memory.retryAfter().isEmpty();
  }

  /** Breaks all links. No other hub takes this place, because the hub does not know its end. */
  void kill() {
    state = State.DEAD;
    memory.stop();
  }

  @Override
  public String name() {
    return "simulated";
  }

  @Override
  public void start(Registrar registrar) {
    state = State.OPEN;
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
   * Runs everything that is due, so that clients that read get a regular close. Cuts the others.
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
    state = state == State.OPEN ? State.FREE : state;
    memory.stop();
  }
}
