package io.github.signalhub.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Plays the draws of many seeds and reports the first failing one, reduced to the steps that cause
 * it.
 *
 * <p>System properties, for a run named {@code model}: {@code model.seeds} is the number of seeds,
 * {@code model.first} the first of them. {@code model.seed} plays only one seed. {@code
 * model.steps} plays only some of its steps, as a report names them.
 */
public final class SeedRun {
  /** A strong reference keeps the logger's level. */
  private static final Logger HUB_LOG = Logger.getLogger("io.github.signalhub.Hub");

  private final String name;
  private final long seeds;
  private final LongFunction<Play> draw;

  /** The draw of a seed. Immutable. */
  public interface Play {
    /** Returns the number of steps. */
    int steps();

    /** Plays the steps at these indexes. Throws if the guarantee is broken. */
    void play(List<Integer> steps);

    /** Returns the fixed part, and after it the steps at these indexes, one per line. */
    String describe(List<Integer> steps);
  }

  /**
   * Creates a run.
   *
   * @param name the first part of the system properties' names
   * @param seeds the number of seeds by default
   */
  public SeedRun(String name, long seeds, LongFunction<Play> draw) {
    this.name = name;
    this.seeds = seeds;
    this.draw = draw;
  }

  /** Plays the seeds that the system properties choose, and returns a report if one fails. */
  public Optional<String> play() {
    Long only = Long.getLong(name + ".seed");
    long first = only != null ? only : Long.getLong(name + ".first", 1);
    long count = only != null ? 1 : Long.getLong(name + ".seeds", seeds);
    return quietly(
        () ->
            LongStream.range(first, first + count)
                .mapToObj(this::play)
                .flatMap(Optional::stream)
                .findFirst());
  }

  /**
   * Plays, and ends the program: with 1 and a report if there is one, else with 0.
   *
   * @param play returns a report if something fails
   */
  public static void runProgram(Supplier<Optional<String>> play) {
    PlayWatch.start();
    Optional<String> report = play.get();
    report.ifPresent(System.out::println);
    System.exit(report.isPresent() ? 1 : 0);
  }

  /** Runs an action without the two log lines for each client, because there are many thousands. */
  public static <T> T quietly(Supplier<T> action) {
    Level usual = HUB_LOG.getLevel();
    HUB_LOG.setLevel(Level.SEVERE); // schedules fill logs on purpose, which causes warnings
    try {
      return action.get();
    } finally {
      HUB_LOG.setLevel(usual);
    }
  }

  private Optional<String> play(long seed) {
    PlayWatch.next("seed " + seed);
    Play play = draw.apply(seed);
    List<Integer> steps =
        Optional.ofNullable(System.getProperty(name + ".steps"))
            .map(kept -> Arrays.stream(kept.split(",")).map(Integer::valueOf).toList())
            .orElse(IntStream.range(0, play.steps()).boxed().toList());
    return failure(play, steps)
        .map(
            first -> {
              List<Integer> kept =
                  Shrinker.shrink(
                      steps,
                      fewer -> {
                        PlayWatch.next("seed " + seed);
                        return failure(play, fewer).isPresent();
                      });
              return report(seed, play, kept, failure(play, kept).orElse(first));
            });
  }

  private String report(long seed, Play play, List<Integer> kept, Throwable failure) {
    String numbers = kept.stream().map(Object::toString).collect(Collectors.joining(","));
    Optional<StackTraceElement> cause =
        failure instanceof Violation || failure instanceof AssertionError
            ? Optional.empty()
            : Arrays.stream(failure.getStackTrace()).findFirst();
    return "seed %d: %s%s%n%s%nReplay: -D%s.seed=%d -D%s.steps=%s"
        .formatted(
            seed,
            failure,
            cause.map(at -> " at " + at).orElse(""),
            play.describe(kept),
            name,
            seed,
            name,
            numbers);
  }

  private static Optional<Throwable> failure(Play play, List<Integer> steps) {
    try {
      play.play(steps);
      return Optional.empty();
    } catch (RuntimeException | AssertionError e) {
      return Optional.of(e);
    }
  }
}
