package io.github.signalhub.jdkserver;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.metrics.Metric;
import io.github.signalhub.metrics.PrometheusText;
import io.github.signalhub.testkit.SimulatedNetwork;
import io.github.signalhub.testkit.backbone.MemoryEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The document of metrics has each metric of the code, with its kind, unit, labels and help. */
class MetricsDocumentIT {
  private static final Path DOCUMENT = Path.of("..", "docs", "metrics.md");

  private static final Pattern SERIES = Pattern.compile("signalhub_[a-z_]+");

  @TempDir private Path folder;
  private List<Metric> metrics;

  @BeforeEach
  void list() throws Exception {
    Path chain = folder.resolve("chain.pem");
    Path key = folder.resolve("key.pem");
    TestCertificate.root("localhost").write(chain, key);
    SimulatedNetwork network = new SimulatedNetwork(1);
    Hub hub = network.open(Hub.builder().backbone(new MemoryEngine(network).backbone("one")));
    try (SignalServer server = SignalServer.builder(hub).port(0).tls(chain, key).start()) {
      metrics = new ArrayList<>(hub.metrics());
      metrics.addAll(server.metrics());
    }
  }

  @Test
  void hasEveryMetric() throws IOException {
    Set<String> rows = new LinkedHashSet<>();
    metrics.forEach(metric -> rows.add(row(metric)));

    assertThat(Files.readAllLines(DOCUMENT))
        .filteredOn(line -> line.startsWith("| `signalhub."))
        .containsExactlyElementsOf(rows);
  }

  @Test
  void namesOnlySeriesThatAreThere() throws IOException {
    Set<String> named =
        SERIES
            .matcher(Files.readString(DOCUMENT))
            .results()
            .map(MatchResult::group)
            .collect(toSet());

    assertThat(named).hasSizeGreaterThan(5);
    assertThat(PrometheusFormat.parse(PrometheusText.of(metrics)).types())
        .containsKeys(named.toArray(String[]::new));
  }

  @Test
  void namesEachReasonOfRefusals() throws IOException {
    String text = Files.readString(DOCUMENT);

    assertThat(metrics)
        .filteredOn(metric -> metric.labels().containsKey("reason"))
        .isNotEmpty()
        .allSatisfy(it -> assertThat(text).contains("`" + it.labels().get("reason") + "`"));
  }

  private static String row(Metric metric) {
    String labels =
        metric.labels().keySet().stream()
            .map(name -> "`" + name + "`")
            .collect(Collectors.joining(", "));
    return String.join(
        " | ",
        "| `" + metric.name() + "`",
        metric.kind().name().toLowerCase(Locale.ROOT),
        metric.unit(),
        labels.isEmpty() ? "—" : labels,
        metric.help() + " |");
  }
}
