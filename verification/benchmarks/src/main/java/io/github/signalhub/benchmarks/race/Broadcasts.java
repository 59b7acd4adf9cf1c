package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.util.List;

/**
 * All servers, all clients, every message to all: handshakes, the three windows, and a fixed pace.
 * Stateless.
 */
final class Broadcasts implements Scenario {
  @Override
  public String name() {
    return "windows";
  }

  @Override
  public List<Contestant> servers(List<Contestant> all) {
    return Contestant.of(all, each -> each.kind().hasClients());
  }

  @Override
  public double seconds(Plan plan) {
    return plan.millis() * (1.1 * Plan.WINDOWS.length + 1.5) / 1e3 + 0.001 * plan.clients();
  }

  @Override
  public void turn(Turn turn) throws IOException {
    turn.warmUpHandshakes(turn.dial());
    try (Load load = turn.connect("", turn.dial(), turn.plan.clients())) {
      load.size(Plan.MESSAGE_BYTES);
      turn.watched(
          "",
          () -> {
            if (turn.windows(load, "", turn.plan.millis(), 1, Plan.WINDOWS)) {
              pace(turn, load);
            }
          });
    }
  }

  private static void pace(Turn turn, Load load) throws IOException {
    Latencies latencies = new Latencies();
    long cpu = turn.server.cpuNanos();
    long start = System.nanoTime();
    Load.Count count =
        load.paced(Plan.PER_SECOND, Turn.millis(turn.plan.millis() * 3 / 2), latencies);
    double share = 100.0 * (turn.server.cpuNanos() - cpu) / (System.nanoTime() - start);
    turn.faults("", count);
    if (latencies.count() > 0) {
      turn.add("", Measure.P50, latencies.nanosAt(0.5) / 1e6);
      turn.add("", Measure.P99, latencies.nanosAt(0.99) / 1e6);
      turn.add("", Measure.P999, latencies.nanosAt(0.999) / 1e6);
      turn.add("", Measure.PACED_CPU, share);
    }
  }
}
