package io.github.signalhub.benchmarks.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.signalhub.benchmarks.race.Contestant.Kind;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private final Results results = new Results();
  private final List<Contestant> all =
      new ArrayList<>(
          List.of(
              contestant("floor in C", Kind.FLOOR_C, Optional.of("there is no cc")),
              contestant("floor on NIO", Kind.FLOOR_NIO, Optional.empty()),
              contestant("signal-hub", Kind.HUB, Optional.empty()),
              contestant("Peer <1>", Kind.JVM_PEER, Optional.empty())));

  private static Contestant contestant(String name, Kind kind, Optional<String> missing) {
    return new Contestant(name, kind, List.of(), List.of(), missing);
  }

  private Report report(Map<String, String> notes) {
    return new Report(run(notes), results);
  }

  private RunInfo run(Map<String, String> notes) {
    return new RunInfo(LocalDate.of(2026, 1, 2), "a machine", true, 1_000, all, notes);
  }

  @Test
  void medianStandsWithTheLowestAndTheHighestRoundWithoutTheWarmUp() {
    cpu("signal-hub", -1, 900);
    cpu("signal-hub", 1, 5);
    cpu("signal-hub", 2, 4);
    cpu("signal-hub", 3, 9);

    assertThat(report(Map.of()).markdown())
        .contains("| signal-hub | 5.00 (4.00–9.00) | – | – |")
        .contains("windows 3");
  }

  @Test
  void goalIsMetOrMissedByTheMedians() {
    cpu("floor on NIO", 1, 4);
    cpu("signal-hub", 1, 5);
    cpu("Peer <1>", 1, 6);

    assertThat(report(Map.of()).markdown())
        .contains("× the floor on NIO: window 1 | 1.25 | 1.10 | **missed** |")
        .contains("best JVM peer's: window 1, µs | 5.00 | 6.00 | met |")
        .contains("best JVM peer's: window 16, µs | – | – | not measured |");
  }

  @Test
  void earlierBuildIsComparedIfItTookPart() {
    cpu("signal-hub", 1, 4.4);
    cpu("signal-hub before", 1, 4);
    assertThat(report(Map.of()).markdown()).doesNotContain("the build before");

    all.add(contestant("signal-hub before", Kind.HUB, Optional.empty()));

    assertThat(report(Map.of()).markdown())
        .contains("CPU per delivery, window 1, × the build before | 1.10 | 1.05 | **missed** |");
  }

  @Test
  void missingServerIsListedWithItsReason() {
    assertThat(report(Map.of()).markdown())
        .contains("floor in C is missing: there is no cc.")
        .contains("| floor in C | missing | missing | missing |");
  }

  @Test
  void failureOfAServerIsReported() {
    assertThat(report(Map.of("Peer <1>", "round 2: no answer")).markdown())
        .contains("Peer <1> failed: round 2: no answer.");
  }

  @Test
  void lossesOfTheWarmUpAreReportedToo() {
    results.add("windows", -1, "signal-hub", "", Measure.LOST, 7);
    results.add("windows", 1, "signal-hub", "", Measure.LOST, 2);

    assertThat(report(Map.of()).markdown()).contains("| signal-hub | 9.00 | 0 | 0 | 0 |");
  }

  @Test
  void figuresOfABusyMachineAreMarked() {
    results.add("windows", 1, "signal-hub", "", Measure.OTHERS, 40);

    assertThat(report(Map.of()).markdown()).contains("these figures do not count");
  }

  @Test
  void figuresOfColdCodeAreMarked() {
    results.add("windows", 1, "signal-hub", "", Measure.COMPILERS, 5);
    assertThat(report(Map.of()).markdown()).doesNotContain("compilers were not quiet");

    results.add("windows", 1, "Peer <1>", "", Measure.COMPILERS, 5.1);
    assertThat(report(Map.of()).markdown()).contains("compilers were not quiet", "up to 5.10 %");
  }

  @Test
  void plotIsWellFormedAndHasABarForEachServerWithAMedian() throws Exception {
    cpu("signal-hub", 1, 5);
    cpu("Peer <1>", 1, 6);

    String svg = report(Map.of()).plots().get("cpu.svg");

    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertThat(svg).contains(">signal-hub<", ">Peer &lt;1><").doesNotContain("floor in C");
  }

  @Test
  void everyRoundIsInTheCsv(@TempDir Path folder) throws Exception {
    cpu("signal-hub", -1, 7);
    cpu("signal-hub", 1, 5);

    results.writeCsv(folder.resolve("rounds.csv"));

    assertThat(Files.readAllLines(folder.resolve("rounds.csv")))
        .containsExactly(
            "scenario,round,server,variant,measure,unit,value",
            "windows,-1,signal-hub,,cpu_1,µs,7.0000",
            "windows,1,signal-hub,,cpu_1,µs,5.0000");
  }

  @Test
  void goalOfAnotherLoadIsJudgedByItsWorstWindow() {
    load(StalledClients.BEFORE, 4, 0.4, 0.1);
    load(StalledClients.DURING, 4, 0.6, 0.1);

    assertThat(report(Map.of()).markdown())
        .contains("tenth of the clients is stalled, × before, at the worst window | 1.50 | 1.30 |")
        .contains("| signal-hub: a tenth stalled | 4.00 (4.00–4.00) | 0.600 (0.600–0.600) |");
  }

  @Test
  void reportIsTheSameAfterItsFilesWereRead(@TempDir Path folder) throws Exception {
    cpu("floor on NIO", 1, 4);
    load(TopicSets.SAME, 1, 2, 3);
    Map<String, String> notes = Map.of("Peer <1>", "windows, round 2: no answer");
    results.writeCsv(folder.resolve("rounds.csv"));
    run(notes).write(folder.resolve("run.properties"));

    Report read =
        new Report(
            RunInfo.read(folder.resolve("run.properties")),
            Results.readCsv(folder.resolve("rounds.csv")));

    assertThat(read.markdown()).isEqualTo(report(notes).markdown());
    assertThat(read.plots()).isEqualTo(report(notes).plots());
  }

  @Test
  void partsOfADocumentAreReplacedAndTheRestStays() throws Exception {
    StringBuilder document = new StringBuilder("# Title\n");
    for (String part : report(Map.of()).parts().keySet()) {
      document.append("<!-- race: %s -->\nold\n<!-- end -->\nafter %1$s\n".formatted(part));
    }

    String filled = Documents.filled(document.toString(), "race", report(Map.of()).parts());

    assertThat(filled)
        .startsWith("# Title\n")
        .contains("after goals", "| goal | measured | limit | |")
        .doesNotContain("old");
    assertThat(Documents.filled(filled, "race", report(Map.of()).parts())).isEqualTo(filled);
  }

  @Test
  void documentWithoutThePlaceOfAPartIsRefused() {
    assertThatIOException()
        .isThrownBy(() -> Documents.filled("# Title\n", "race", report(Map.of()).parts()))
        .withMessage("expected <!-- race: run --> and <!-- end --> after it");
  }

  private void load(String variant, double one, double sixteen, double sixtyFour) {
    results.add("loads", 1, "signal-hub", variant, Measure.CPU_1, one);
    results.add("loads", 1, "signal-hub", variant, Measure.CPU_16, sixteen);
    results.add("loads", 1, "signal-hub", variant, Measure.CPU_64, sixtyFour);
  }

  private void cpu(String server, int round, double micros) {
    results.add("windows", round, server, "", Measure.CPU_1, micros);
  }
}
