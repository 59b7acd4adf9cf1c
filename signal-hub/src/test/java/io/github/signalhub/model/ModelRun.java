package io.github.signalhub.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Plays many schedules and reports the first that fails. {@link SeedRun} has the options. */
final class ModelRun {
  private static final SeedRun RUN = new SeedRun("model", 400, ModelRun::draw);

  private ModelRun() {}

  /** Plays the schedules of the system properties. Exits with 1 and a report if one fails. */
  public static void main(String[] arguments) {
    SeedRun.runProgram(() -> play().or(RaceRun::play));
  }

  /** Plays the schedules that the system properties choose, and returns a report if one fails. */
  static Optional<String> play() {
    return RUN.play();
  }

  private static SeedRun.Play draw(long seed) {
    Schedule schedule = Schedule.draw(seed);
    return new SeedRun.Play() {
      @Override
      public int steps() {
        return schedule.steps().size();
      }

      @Override
      public void play(List<Integer> steps) {
        World.play(schedule.keep(steps));
      }

      @Override
      public String describe(List<Integer> steps) {
        return schedule.setup()
            + "\n"
            + schedule.keep(steps).steps().stream()
                .map(Step::toString)
                .collect(Collectors.joining("\n"));
      }
    };
  }
}
