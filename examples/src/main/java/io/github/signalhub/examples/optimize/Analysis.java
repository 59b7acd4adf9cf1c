package io.github.signalhub.examples.optimize;

import io.github.signalhub.examples.flow.FlowDefinition;
import io.github.signalhub.examples.flow.NodeDefinition;
import io.github.signalhub.examples.optimize.Finding.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Answers three questions about measured node times. For each, it computes the critical path again
 * under another assumption. It is a pure function: the same measurements give the same findings.
 */
final class Analysis {
  /** A smaller saving makes no run noticeably shorter. */
  private static final long WORTHWHILE_MILLIS = 50;

  /** A node dominates the critical path if its share is larger. */
  private static final double DOMINANT_SHARE = 0.35;

  /** People have to separate two nodes, so the saving must be at least this share of the run. */
  private static final double PARTING_SHARE = 0.2;

  private final FlowDefinition flow;
  private final int runs;
  private final Map<String, Double> elapsed;
  private final Map<String, Double> lost;
  private final CriticalPath path;

  private Analysis(Measurements measured) {
    flow = measured.flow();
    runs = measured.runs();
    elapsed = measured.meanElapsed();
    lost = measured.meanLostToRetries();
    path = CriticalPath.of(flow, elapsed);
  }

  /** Returns the findings about the flow, at most one of each kind. */
  static List<Finding> of(Measurements measured) {
    Analysis analysis = new Analysis(measured);
    return Stream.of(analysis.bottleneck(), analysis.retries(), analysis.needlessWait())
        .flatMap(Optional::stream)
        .filter(finding -> finding.savingMillis() >= WORTHWHILE_MILLIS)
        .toList();
  }

  /** Computes the saving if the slowest node of the critical path took half its time. */
  private Optional<Finding> bottleneck() {
    String slowest =
        path.nodeIds().stream().max(Comparator.comparingDouble(elapsed::get)).orElseThrow();
    double share = elapsed.get(slowest) / path.millis();
    if (share < DOMINANT_SHARE) {
      return Optional.empty();
    }
    long saving = savingIfElapsed(slowest, elapsed.get(slowest) / 2);
    return Optional.of(
        new Finding(
            Kind.BOTTLENECK,
            slowest,
            "Speed up “" + label(slowest) + "”",
            "It takes "
                + Math.round(elapsed.get(slowest))
                + " ms, "
                + Math.round(share * 100)
                + " % of the longest path. In half the time, a run would be "
                + saving
                + " ms shorter (mean of "
                + runs
                + " runs).",
            saving));
  }

  /** Computes the saving if the node that loses most time to retries never failed. */
  private Optional<Finding> retries() {
    String flakiest = flakiest();
    long saving = savingIfElapsed(flakiest, elapsed.get(flakiest) - lost.get(flakiest));
    return Optional.of(
        new Finding(
            Kind.RETRIES,
            flakiest,
            "Make “" + label(flakiest) + "” reliable",
            "Failed attempts and the waits after them cost it "
                + Math.round(lost.get(flakiest))
                + " ms per run; without them a run would be "
                + saving
                + " ms shorter (mean of "
                + runs
                + " runs).",
            saving));
  }

  private String flakiest() {
    return flow.nodes().stream()
        .map(NodeDefinition::id)
        .max(Comparator.comparingDouble(lost::get))
        .orElseThrow();
  }

  /** Computes the saving if a node did not wait for one of its dependencies. */
  private Optional<Finding> needlessWait() {
    List<Finding> findings = new ArrayList<>();
    for (NodeDefinition node : flow.nodes()) {
      for (String dependency : node.dependsOn()) {
        double without =
            CriticalPath.of(
                    flow,
                    elapsed,
                    (id, needed) -> !(id.equals(node.id()) && needed.equals(dependency)))
                .millis();
        long saving = Math.round(path.millis() - without);
        if (saving >= PARTING_SHARE * path.millis()) {
          findings.add(wait(node, dependency, saving));
        }
      }
    }
    return findings.stream().max(Comparator.comparingLong(Finding::savingMillis));
  }

  private Finding wait(NodeDefinition node, String dependency, long saving) {
    return new Finding(
        Kind.NEEDLESS_WAIT,
        node.id(),
        "Run “" + node.label() + "” side by side with “" + label(dependency) + "”",
        "If the one need not wait for the other, the longest path shrinks from "
            + Math.round(path.millis())
            + " to "
            + (Math.round(path.millis()) - saving)
            + " ms (mean of "
            + runs
            + " runs).",
        saving);
  }

  private long savingIfElapsed(String nodeId, double millis) {
    Map<String, Double> changed = new HashMap<>(elapsed);
    changed.put(nodeId, millis);
    return Math.round(path.millis() - CriticalPath.of(flow, changed).millis());
  }

  private String label(String nodeId) {
    return flow.nodes().stream()
        .filter(node -> node.id().equals(nodeId))
        .findFirst()
        .orElseThrow()
        .label();
  }
}
