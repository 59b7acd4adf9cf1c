package io.github.signalhub.benchmarks.race;

import io.github.signalhub.benchmarks.Heap;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/**
 * New processes: the time to the first client, the CPU of the first handshakes, and the heap of
 * idle clients. The first clients leave before the heap is measured, so that what they made once
 * for all does not count. Stateless.
 */
final class Starts implements Scenario {
  /** The variant of the first handshakes. */
  static final String COLD = "cold";

  private static final int FIRST_CLIENTS = 250;

  @Override
  public String name() {
    return "start";
  }

  @Override
  public List<Contestant> servers(List<Contestant> all) {
    return Contestant.of(all, each -> each.kind().hasClients());
  }

  @Override
  public double seconds(Plan plan) {
    return 2.5 + 0.001 * plan.clients();
  }

  @Override
  public int rounds(Plan plan) {
    return Math.min(5, plan.rounds());
  }

  @Override
  public int warmUps(Plan plan) {
    return 0;
  }

  @Override
  public boolean fresh() {
    return true;
  }

  @Override
  public void turn(Turn turn) throws IOException, InterruptedException {
    new Load(turn.dial(), 1).close();
    turn.add("", Measure.START, turn.millisSinceStart());
    turn.connect(COLD, turn.dial(), FIRST_CLIENTS).close();
    heap(turn, "", turn.dial(), turn.plan.clients());
  }

  /** Adds the heap of idle clients, and writes what it consists of. */
  static void heap(Turn turn, String variant, Dial dial, int clients)
      throws IOException, InterruptedException {
    turn.untilIdle(); // the clients before have left
    Optional<Heap> empty = turn.server.heap();
    if (empty.isEmpty()) {
      return;
    }
    try (Load load = new Load(dial, clients)) {
      load.idle(Turn.millis(100));
      turn.untilIdle();
      Heap grown = turn.server.heap().orElseThrow().minus(empty.get());
      turn.add(variant, Measure.HEAP, (double) grown.bytes() / clients);
      if (!grown.classes().isEmpty()) {
        turn.add(variant, Measure.OBJECTS, (double) grown.objects() / clients);
        Files.writeString(
            turn.folder.resolve("idle-" + turn.server.contestant.file() + variant + ".txt"),
            grown.perClient(clients));
      }
    }
  }
}
