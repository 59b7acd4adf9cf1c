package io.github.signalhub.benchmarks.race;

/**
 * How much a run does. Immutable.
 *
 * @param rounds how many rounds count
 * @param warmUps how many rounds come before them, for the compilers of the JVMs
 * @param millis how long a server is measured at each window; half as long again at the fixed pace,
 *     and two thirds in scenarios besides the main one
 * @param clients how many WebSocket clients a server has
 */
public record Plan(int rounds, int warmUps, int millis, int clients) {
  /** About an hour. */
  public static final Plan WHOLE = new Plan(9, 2, 2_500, 1_000);

  /** Five minutes for the windows. */
  public static final Plan QUICK = new Plan(3, 1, 1_000, 1_000);

  static final int[] WINDOWS = {1, 16, 64};
  static final int MESSAGE_BYTES = 145;
  static final int PER_SECOND = 200;
  static final int HTTP_CONNECTIONS = 64;

  /** Checks the ranges. */
  public Plan {
    require("rounds", rounds, 100);
    require("millis", millis, 60_000);
    require("clients", clients, 20_000);
  }

  /** Returns how long the scenarios besides the main one measure each window. */
  int shorter() {
    return Math.max(1, millis * 2 / 3);
  }

  /** Returns a plan with this many rounds, 1 to 100. */
  public Plan withRounds(int rounds) {
    return new Plan(rounds, warmUps, millis, clients);
  }

  /** Returns a plan with this time for each measurement, 1 to 60,000 ms. */
  public Plan withMillis(int millis) {
    return new Plan(rounds, warmUps, millis, clients);
  }

  /** Returns a plan with this many clients, 1 to 20,000. */
  public Plan withClients(int clients) {
    return new Plan(rounds, warmUps, millis, clients);
  }

  private static void require(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException("expected --" + name + " 1 to " + max + ", was " + value);
    }
  }
}
