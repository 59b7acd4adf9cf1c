package io.github.signalhub.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Plays many schedules and reports the first that fails, cut down to the steps that matter.
 *
 * <p>System properties: {@code model.seeds} is how many schedules are played, {@code model.first}
 * the seed of the first. {@code model.seed} plays one seed alone, and {@code model.steps} only
 * those of its steps, as a report names them.
 */
final class ModelRun {
  private static final long SEEDS = 600;

  /** Strongly held, so that its level stays. */
  private static final Logger HUB_LOG = Logger.getLogger("io.github.signalhub.Hub");

  private ModelRun() {}

  /** Plays what the system properties say, and exits with 1 and a report if it fails. */
  public static void main(String[] arguments) {
    Optional<String> report = play().or(RaceRun::play);
    report.ifPresent(System.out::println);
    System.exit(report.isPresent() ? 1 : 0);
  }

  /** Plays what the system properties say, and returns a report if it fails. */
  static Optional<String> play() {
    Long only = Long.getLong("model.seed");
    long first = only != null ? only : Long.getLong("model.first", 1);
    long seeds = only != null ? 1 : Long.getLong("model.seeds", SEEDS);
    return quietly(
        () ->
            LongStream.range(first, first + seeds)
                .mapToObj(ModelRun::play)
                .flatMap(Optional::stream)
                .findFirst());
  }

  /** Does without the two lines that a hub logs for each client: there are many thousands. */
  static <T> T quietly(Supplier<T> action) {
    Level usual = HUB_LOG.getLevel();
    HUB_LOG.setLevel(Level.WARNING);
    try {
      return action.get();
    } finally {
      HUB_LOG.setLevel(usual);
    }
  }

  private static Optional<String> play(long seed) {
    Schedule schedule = Schedule.draw(seed);
    List<Integer> steps =
        Optional.ofNullable(System.getProperty("model.steps"))
            .map(kept -> Arrays.stream(kept.split(",")).map(Integer::valueOf).toList())
            .orElse(IntStream.range(0, schedule.steps().size()).boxed().toList());
    Optional<Throwable> failure = failure(schedule.keep(steps));
    return failure.map(
        first -> {
          List<Integer> kept =
              Shrinker.shrink(steps, fewer -> failure(schedule.keep(fewer)).isPresent());
          Schedule shrunk = schedule.keep(kept);
          return report(seed, kept, shrunk, failure(shrunk).orElse(first));
        });
  }

  private static String report(
      long seed, List<Integer> kept, Schedule schedule, Throwable failure) {
    String numbers = kept.stream().map(Object::toString).collect(Collectors.joining(","));
    String steps = schedule.steps().stream().map(Step::toString).collect(Collectors.joining("\n"));
    Optional<StackTraceElement> cause =
        failure instanceof Violation
            ? Optional.empty()
            : Arrays.stream(failure.getStackTrace()).findFirst();
    return "seed %d: %s%s%n%s%n%s%nReplay: -Dmodel.seed=%d -Dmodel.steps=%s"
        .formatted(
            seed,
            failure,
            cause.map(at -> " at " + at).orElse(""),
            schedule.setup(),
            steps,
            seed,
            numbers);
  }

  private static Optional<Throwable> failure(Schedule schedule) {
    try {
      World.play(schedule);
      return Optional.empty();
    } catch (RuntimeException | AssertionError e) {
      return Optional.of(e);
    }
  }
}
