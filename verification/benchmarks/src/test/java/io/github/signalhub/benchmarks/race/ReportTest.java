package io.github.signalhub.benchmarks.race;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.benchmarks.race.Contestant.Kind;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private final Results results = new Results();
  private final List<Contestant> all =
      List.of(
          new Contestant("floor in C", Kind.FLOOR_C, List.of(), Optional.of("there is no cc")),
          new Contestant("floor on NIO", Kind.FLOOR_NIO, List.of(), Optional.empty()),
          new Contestant("signal-hub", Kind.HUB, List.of(), Optional.empty()),
          new Contestant("Peer <1>", Kind.JVM_PEER, List.of(), Optional.empty()));

  private Report report(Map<String, String> notes) {
    return new Report(Plan.QUICK, all, results, notes, "a machine", true, LocalDate.of(2026, 1, 2));
  }

  @Test
  void medianStandsWithTheLowestAndTheHighestRoundWithoutTheWarmUp() {
    cpu("signal-hub", -1, 900);
    cpu("signal-hub", 1, 5);
    cpu("signal-hub", 2, 4);
    cpu("signal-hub", 3, 9);

    assertThat(report(Map.of()).markdown())
        .contains("| signal-hub | 5.00 (4.00–9.00) | – | – |")
        .contains("Medians of 3 rounds");
  }

  @Test
  void goalIsMetOrMissedByTheMedians() {
    cpu("floor on NIO", 1, 4);
    cpu("signal-hub", 1, 5);
    cpu("Peer <1>", 1, 6);

    assertThat(report(Map.of()).markdown())
        .contains("divided by that of the floor on NIO: window 1 | 1.25 | 1.10 | **missed** |")
        .contains("best JVM peer: window 1, µs | 5.00 | 6.00 | met |")
        .contains("best JVM peer: window 16, µs | | | not measured |");
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
    results.add(-1, "signal-hub", Measure.LOST, 7);
    results.add(1, "signal-hub", Measure.LOST, 2);

    assertThat(report(Map.of()).markdown()).contains("| signal-hub | 9.00 | 0 | 0 | 0 |");
  }

  @Test
  void figuresOfABusyMachineAreMarked() {
    results.add(1, "signal-hub", Measure.OTHERS, 40);

    assertThat(report(Map.of()).markdown()).contains("these figures do not count");
  }

  @Test
  void figuresOfColdCodeAreMarked() {
    results.add(1, "signal-hub", Measure.COMPILERS, 5);
    assertThat(report(Map.of()).markdown()).doesNotContain("compilers were not quiet");

    results.add(1, "Peer <1>", Measure.COMPILERS, 5.1);
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
            "round,server,measure,unit,value",
            "-1,signal-hub,cpu_1,µs,7.0000",
            "1,signal-hub,cpu_1,µs,5.0000");
  }

  private void cpu(String server, int round, double micros) {
    results.add(round, server, Measure.CPU_1, micros);
  }
}
