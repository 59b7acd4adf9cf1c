package io.github.signalhub.testkit.nodes;

import io.github.signalhub.model.SeedRun;
import java.util.Optional;

/**
 * Plays many stories of several nodes, and reports the first that fails. {@link SeedRun} has the
 * options.
 */
final class NodesStoryRun {
  private static final SeedRun RUN = new SeedRun("nodes", 200, NodesStory::draw);

  private NodesStoryRun() {}

  /** Plays the stories of the system properties. Exits with 1 and a report if one fails. */
  public static void main(String[] arguments) {
    SeedRun.runProgram(NodesStoryRun::play);
  }

  /** Plays the stories that the system properties choose, and returns a report if one fails. */
  static Optional<String> play() {
    return RUN.play();
  }
}
