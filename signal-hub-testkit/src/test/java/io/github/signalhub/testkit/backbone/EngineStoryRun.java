package io.github.signalhub.testkit.backbone;

import io.github.signalhub.model.SeedRun;
import java.util.Optional;

/**
 * Plays many stories of an engine, and reports the first that fails. {@link SeedRun} has the
 * options.
 */
final class EngineStoryRun {
  private static final SeedRun RUN = new SeedRun("engine", 500, EngineStory::draw);

  private EngineStoryRun() {}

  /** Plays the stories of the system properties. Exits with 1 and a report if one fails. */
  public static void main(String[] arguments) {
    SeedRun.runProgram(EngineStoryRun::play);
  }

  /** Plays the stories that the system properties choose, and returns a report if one fails. */
  static Optional<String> play() {
    return RUN.play();
  }
}
