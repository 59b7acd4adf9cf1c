package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.util.List;

/**
 * 10,000 clients that send nothing and get nothing but pings. The time covers two intervals of the
 * pings. Stateless.
 */
final class IdleClients implements Scenario {
  static final String VARIANT = Sizes.variant(10_000);

  private static final int CLIENTS = 10_000;
  private static final int SETTLE_MILLIS = 3_000;
  private static final int MILLIS = 50_000;

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public List<Contestant> servers(List<Contestant> all) {
    return Contestant.of(all, each -> each.kind() == Contestant.Kind.HUB);
  }

  @Override
  public double seconds(Plan plan) {
    return (SETTLE_MILLIS + MILLIS) / 1e3 + 5;
  }

  @Override
  public int rounds(Plan plan) {
    return Math.min(3, plan.rounds());
  }

  @Override
  public int warmUps(Plan plan) {
    return 0;
  }

  @Override
  public void turn(Turn turn) throws IOException {
    try (Load load = new Load(turn.dial(), CLIENTS)) {
      load.idle(Turn.millis(SETTLE_MILLIS));
      turn.watched(
          "",
          () -> {
            long cpu = turn.server.cpuNanos();
            long start = System.nanoTime();
            load.idle(Turn.millis(MILLIS));
            cpu = turn.server.cpuNanos() - cpu;
            turn.add(VARIANT, Measure.IDLE_CPU, 100.0 * cpu / (System.nanoTime() - start));
          });
    }
  }
}
