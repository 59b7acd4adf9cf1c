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
 * Plays what is drawn from many seeds and reports the first that fails, cut down to the steps that
 * matter.
 *
 * <p>System properties, for a run named {@code model}: {@code model.seeds} is how many seeds are
 * played, {@code model.first} the first of them. {@code model.seed} plays one seed alone, and
 * {@code model.steps} only those of its steps, as a report names them.
 */
public final class SeedRun {
  /** Strongly held, so that its level stays. */
  private static final Logger HUB_LOG = Logger.getLogger("io.github.signalhub.Hub");

  private final String name;
  private final long seeds;
  private final LongFunction<Play> draw;

  /** What a seed gives. Immutable. */
  public interface Play {
    /** Returns how many steps there are. */
    int steps();

    /** Plays the steps of these numbers; throws if the guarantee is broken. */
    void play(List<Integer> steps);

    /** Returns the steps of these numbers, one a line, below what is fixed. */
    String describe(List<Integer> steps);
  }

  /**
   * Creates a run.
   *
   * @param name the first part of the system properties' names
   * @param seeds how many seeds are played by default
   */
  public SeedRun(String name, long seeds, LongFunction<Play> draw) {
    this.name = name;
    this.seeds = seeds;
    this.draw = draw;
  }

  /** Plays what the system properties say, and returns a report if it fails. */
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

  /** Does without the two lines that a hub logs for each client: there are many thousands. */
  public static <T> T quietly(Supplier<T> action) {
    Level usual = HUB_LOG.getLevel();
    HUB_LOG.setLevel(Level.SEVERE); // schedules fill logs on purpose, which is warned of
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
