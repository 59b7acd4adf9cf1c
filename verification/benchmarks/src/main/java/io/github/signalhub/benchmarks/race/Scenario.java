package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.util.List;

/** One part of a run. Its servers take turns in each round. Stateless. */
interface Scenario {
  /** Returns the name for {@code --only}. */
  String name();

  /** Returns the servers that take part, with the arguments that this part needs. */
  List<Contestant> servers(List<Contestant> all);

  /** Measures one server in one round, from the first client to the end of the last one. */
  void turn(Turn turn) throws IOException, InterruptedException;

  /** Returns about how many seconds a turn takes. */
  double seconds(Plan plan);

  /** Returns how many rounds count. */
  default int rounds(Plan plan) {
    return plan.rounds();
  }

  /** Returns how many rounds come before them. */
  default int warmUps(Plan plan) {
    return plan.warmUps();
  }

  /** Returns whether each turn has a new process. Otherwise a server keeps its process. */
  default boolean fresh() {
    return false;
  }
}
