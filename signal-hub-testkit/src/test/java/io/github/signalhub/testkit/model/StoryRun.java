package io.github.signalhub.testkit.model;

import io.github.signalhub.model.SeedRun;
import java.util.Optional;

/** Plays many stories and reports the first that fails. {@link SeedRun} has the options. */
final class StoryRun {
  private static final SeedRun RUN = new SeedRun("story", 300, Story::draw);

  private StoryRun() {}

  /** Plays the stories of the system properties. Exits with 1 and a report if one fails. */
  public static void main(String[] arguments) {
    SeedRun.runProgram(StoryRun::play);
  }

  /** Plays the stories that the system properties choose, and returns a report if one fails. */
  static Optional<String> play() {
    return RUN.play();
  }
}
