package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.util.List;

/** 100, 1,000 and 10,000 clients of this server and of the floor on NIO. Stateless. */
final class Sizes implements Scenario {
  static final int[] CLIENTS = {100, 1_000, 10_000};

  static String variant(int clients) {
    return "%d clients".formatted(clients);
  }

  @Override
  public String name() {
    return "clients";
  }

  @Override
  public List<Contestant> servers(List<Contestant> all) {
    return Contestant.of(
        all,
        each -> each.kind() == Contestant.Kind.HUB || each.kind() == Contestant.Kind.FLOOR_NIO);
  }

  @Override
  public double seconds(Plan plan) {
    return CLIENTS.length * (plan.shorter() * 1.1 * Plan.WINDOWS.length / 1e3) + 5;
  }

  @Override
  public void turn(Turn turn) throws IOException {
    turn.watched(
        "",
        () -> {
          for (int clients : CLIENTS) {
            try (Load load = new Load(turn.dial(), clients)) {
              load.size(Plan.MESSAGE_BYTES);
              turn.windows(load, variant(clients), turn.plan.shorter(), 1, Plan.WINDOWS);
            }
          }
        });
  }
}
