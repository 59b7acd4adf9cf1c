package io.github.signalhub.benchmarks.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.benchmarks.race.Documents;
import io.github.signalhub.benchmarks.race.Measure;
import io.github.signalhub.benchmarks.race.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodesReportTest {
  private static final Path ROOT = Path.of("..", "..");

  private final Results results = new Results();

  private String report() {
    return new NodesReport(List.of("a machine"), results).markdown();
  }

  @Test
  void goalsAreRatiosToTheFloorOfTheSameRun() {
    add(Nodes.FLOOR, Measure.P50, 0.1);
    add(Nodes.HUB, Measure.P50, 0.3);
    add(Nodes.FLOOR, Measure.FLOOD, 50_000);
    add(Nodes.HUB, Measure.FLOOD, 20_000);

    assertThat(report())
        .contains("| p50 at the other node, × the floor | 3.00 | 2.50 | **missed** |")
        .contains("| time for a message of a flood, × the floor | 2.50 | 3.33 | met |")
        .contains("| memory of Redis for a message, bytes | – | 320 | not measured |");
  }

  @Test
  void figuresOfABusyMachineAreMarked() {
    assertThat(report()).doesNotContain("The machine was busy");

    add(Nodes.HUB, Measure.OTHERS, 40);

    assertThat(report()).contains("The machine was busy", "took 40.0 % of a core");
  }

  @Test
  void tablesOfTheDocumentAreTheReportOfTheRounds() throws IOException {
    String document = Files.readString(ROOT.resolve(Documents.DOCUMENT));
    NodesReport kept = Nodes.report(ROOT.resolve(Documents.FIGURES));

    assertThat(document)
        .as("write it anew: nodes --docs")
        .isEqualTo(Documents.filled(document, "nodes", kept.parts()));
  }

  private void add(String server, Measure measure, double value) {
    results.add("nodes", 1, server, "", measure, value);
  }
}
