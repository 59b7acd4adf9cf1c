package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.util.List;

/** HTTP servers: answers a second, and the CPU of a request. Stateless. */
final class HttpEcho implements Scenario {
  @Override
  public String name() {
    return "http";
  }

  @Override
  public List<Contestant> servers(List<Contestant> all) {
    return Contestant.of(all, Contestant::http);
  }

  @Override
  public double seconds(Plan plan) {
    return plan.millis() * 1.1 / 1e3;
  }

  @Override
  public int warmUps(Plan plan) {
    return plan.warmUps() + 1; // a turn is short
  }

  @Override
  public void turn(Turn turn) throws IOException {
    try (HttpLoad load =
        new HttpLoad(turn.server.port, Plan.HTTP_CONNECTIONS, Plan.MESSAGE_BYTES)) {
      load.run(Turn.millis(turn.plan.millis() / 10));
      turn.watched(
          "",
          () -> {
            long cpu = turn.server.cpuNanos();
            long start = System.nanoTime();
            long answers = load.run(Turn.millis(turn.plan.millis()));
            double seconds = (System.nanoTime() - start) / 1e9;
            turn.add("", Measure.HTTP_RATE, answers / seconds);
            turn.add("", Measure.HTTP_CPU, (turn.server.cpuNanos() - cpu) / 1e3 / answers);
          });
    }
  }
}
