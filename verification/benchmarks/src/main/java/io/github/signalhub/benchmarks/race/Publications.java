package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.util.List;

/**
 * The cost of a publication for its caller, with 10 and 10,000 clients, and how many event loops it
 * wakes. {@code PublishServer} measures it in its own process. Stateless.
 */
final class Publications implements Scenario {
  static final int[] CLIENTS = {10, 10_000};

  @Override
  public String name() {
    return "publish";
  }

  @Override
  public List<Contestant> servers(List<Contestant> all) {
    return Contestant.of(all, each -> each.kind() == Contestant.Kind.PUBLISHER);
  }

  @Override
  public double seconds(Plan plan) {
    return 2;
  }

  @Override
  public int warmUps(Plan plan) {
    return 3;
  }

  @Override
  public void turn(Turn turn) throws IOException, InterruptedException {
    for (int clients : CLIENTS) {
      String[] figures = turn.server.ask("publish " + clients).split(" ");
      turn.add(Sizes.variant(clients), Measure.PUBLISH, Double.parseDouble(figures[0]));
      turn.add(Sizes.variant(clients), Measure.PUBLISH_BYTES, Double.parseDouble(figures[1]));
      turn.add(Sizes.variant(clients), Measure.WAKE_UPS, Double.parseDouble(figures[2]));
    }
  }
}
