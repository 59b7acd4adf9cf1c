package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.util.List;

/** Clients with TLS: handshakes, heap, and the windows 1 and 64. Stateless. */
final class Encrypted implements Scenario {
  static final String VARIANT = "TLS";

  private static final int[] WINDOWS = {1, 64};

  @Override
  public String name() {
    return "tls";
  }

  @Override
  public List<Contestant> servers(List<Contestant> all) {
    return Contestant.withTls(all);
  }

  @Override
  public double seconds(Plan plan) {
    return plan.shorter() * 1.1 * WINDOWS.length / 1e3 + 3 + 0.003 * plan.clients();
  }

  @Override
  public void turn(Turn turn) throws IOException, InterruptedException {
    Starts.heap(turn, VARIANT, turn.dialTls(), turn.plan.clients());
    try (Load load = turn.connect(VARIANT, turn.dialTls(), turn.plan.clients())) {
      load.size(Plan.MESSAGE_BYTES);
      turn.watched("", () -> turn.windows(load, VARIANT, turn.plan.shorter(), 1, WINDOWS));
    }
  }
}
