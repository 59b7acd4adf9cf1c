package io.github.signalhub.benchmarks.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.benchmarks.race.Measure;
import io.github.signalhub.benchmarks.race.Results;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command runs, and measures everything. The figures of so few messages mean nothing. */
@Timeout(120)
class NodesIT {
  @Test
  void everyFigureIsMeasuredAndWritten(@TempDir Path folder) throws Exception {
    Nodes.run(new Nodes.Order(1, 0, 50, 2_000, folder, false, Optional.empty()));

    Results results = Results.readCsv(folder.resolve("nodes.csv"));
    for (String variant : new String[] {"", Nodes.EVERY_SECOND, Nodes.ALWAYS}) {
      assertThat(results.median(Nodes.HUB, variant, Measure.P99)).isPresent();
      assertThat(results.median(Nodes.HUB, variant, Measure.BATCHED)).isPresent();
    }
    assertThat(results.sum(Nodes.HUB, Measure.REPEATED)).isZero();
    assertThat(Files.readString(folder.resolve("nodes.md")))
        .doesNotContain("not measured", "| – |")
        .contains("A trial run");
  }
}
