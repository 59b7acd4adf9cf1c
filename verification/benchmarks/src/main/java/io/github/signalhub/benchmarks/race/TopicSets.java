package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Clients of 50 topics. Messages go to the topics in turn.
 *
 * <ul>
 *   <li>{@link #SAME}: all clients have the same 50 topics. To be compared with {@link #ONE}: all
 *       have one topic.
 *   <li>{@link #DIFFERENT}: each client has its own 50 of 1,000 topics, so a message reaches about
 *       a twentieth of the clients. To be compared with {@link #GROUPS}: each client has one of 20
 *       topics. Both have 20 messages in flight for each place in the window, so that a client gets
 *       as many messages as above.
 * </ul>
 *
 * Stateless.
 */
final class TopicSets implements Scenario {
  static final String ONE = "1 topic";
  static final String SAME = "the same 50 topics";
  static final String GROUPS = "1 of 20 topics";
  static final String DIFFERENT = "50 of 1000 topics";

  private static final int EACH = 50;
  private static final int PARTS = 20;

  @Override
  public String name() {
    return "topics";
  }

  @Override
  public List<Contestant> servers(List<Contestant> all) {
    return Contestant.with(all, Contestant.Kind.HUB, "topics");
  }

  @Override
  public double seconds(Plan plan) {
    return 4 * (plan.shorter() * 1.1 * Plan.WINDOWS.length / 1e3 + 0.001 * plan.clients());
  }

  @Override
  public void turn(Turn turn) throws IOException {
    int clients = turn.plan.clients();
    turn.watched(
        "",
        () -> {
          measure(turn, ONE, Topics.same(clients, 1), 1);
          measure(turn, SAME, Topics.same(clients, EACH), 1);
          measure(turn, GROUPS, Topics.oneEach(clients, PARTS), PARTS);
          measure(turn, DIFFERENT, Topics.different(clients, EACH * PARTS, EACH), PARTS);
        });
  }

  private static void measure(Turn turn, String variant, Topics topics, int perWindow)
      throws IOException {
    try (Load load =
        new Load(turn.dial(), turn.plan.clients(), Optional.of(topics), Load.Patience.DEFAULT)) {
      load.size(Plan.MESSAGE_BYTES);
      turn.windows(load, variant, turn.plan.shorter(), perWindow, Plan.WINDOWS);
    }
  }
}
