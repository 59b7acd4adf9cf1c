package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.util.List;

/**
 * A tenth of the clients stops reading for some seconds, and then goes on. What a delivery costs
 * for the others before, during and after. Stateless.
 */
final class StalledClients implements Scenario {
  static final String BEFORE = "before the stall";
  static final String DURING = "a tenth stalled";
  static final String AFTER = "after the stall";

  @Override
  public String name() {
    return "stalls";
  }

  @Override
  public List<Contestant> servers(List<Contestant> all) {
    return Contestant.of(all, each -> each.kind() == Contestant.Kind.HUB);
  }

  @Override
  public double seconds(Plan plan) {
    return 3 * plan.shorter() * 1.1 * Plan.WINDOWS.length / 1e3 + 0.001 * plan.clients();
  }

  @Override
  public void turn(Turn turn) throws IOException {
    Plan plan = turn.plan;
    Dial dial = turn.dial().withQuery("signal-hub=1"); // slow clients are told of gaps
    try (Load load = new Load(dial, plan.clients())) {
      load.size(Plan.MESSAGE_BYTES);
      turn.watched(
          "",
          () -> {
            turn.windows(load, BEFORE, plan.shorter(), 1, Plan.WINDOWS);
            load.stopReading(plan.clients() / 10);
            turn.windows(load, DURING, plan.shorter(), 1, Plan.WINDOWS);
            Load.Count caughtUp = load.readAgain();
            turn.faults(AFTER, caughtUp);
            turn.add(AFTER, Measure.LATE, caughtUp.late());
            turn.add(AFTER, Measure.SKIPPED, caughtUp.skipped());
            turn.windows(load, AFTER, plan.shorter(), 1, Plan.WINDOWS);
          });
    }
  }
}
