package io.github.signalhub.benchmarks.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The tables and plots of the documents are those of the rounds that stand beside them. */
class PerformanceDocumentTest {
  private static final Path ROOT = Path.of("..", "..");

  @Test
  void everyTableIsTheReportOfTheRounds() throws IOException {
    String document = Files.readString(ROOT.resolve(Documents.DOCUMENT));

    assertThat(document)
        .as("write it anew: race --docs")
        .isEqualTo(Documents.filled(document, Documents.RACE, report().parts()));
  }

  @Test
  void everyPlotIsDrawnFromTheRounds() throws IOException {
    Map<String, String> plots = report().plots();

    assertThat(plots).isNotEmpty();
    for (Map.Entry<String, String> plot : plots.entrySet()) {
      assertThat(Documents.plot(ROOT, plot.getKey())).hasContent(plot.getValue());
    }
  }

  private static Report report() throws IOException {
    Path figures = ROOT.resolve(Documents.FIGURES);
    return new Report(
        RunInfo.read(figures.resolve("run.properties")),
        Results.readCsv(figures.resolve("rounds.csv")));
  }
}
