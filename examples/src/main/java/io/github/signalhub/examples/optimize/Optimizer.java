package io.github.signalhub.examples.optimize;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.examples.flow.RunReport;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Collects the measurements of runs and suggests faster flows. It analyses each run of a flow from
 * the number {@value #MIN_RUNS} on. It announces each new suggestion. It announces a suggestion
 * again, under its old number, if its saving has changed by more than a quarter.
 *
 * <p>Thread-safe. Holds at most three suggestions per node.
 */
public final class Optimizer {
  /** Fewer runs say too little. */
  static final int MIN_RUNS = 3;

  private static final double MATERIAL_CHANGE = 0.25;

  private final Map<Long, Measurements> measured = new HashMap<>();
  private final Map<Key, Suggestion> suggestions = new LinkedHashMap<>();
  private final InstantSource clock;
  private final Consumer<Suggestion> announced;

  private record Key(long flowId, Finding.Kind kind, String nodeId) {}

  /**
   * Creates an optimizer without measurements.
   *
   * @param announced receives suggestions under the optimizer's lock; it must not wait
   */
  public Optimizer(InstantSource clock, Consumer<Suggestion> announced) {
    this.clock = requireNonNull(clock, "clock");
    this.announced = requireNonNull(announced, "announced");
  }

  /** Adds the measurements of a run. */
  public synchronized void add(RunReport report) {
    Measurements measurements =
        measured.computeIfAbsent(report.flow().id(), id -> new Measurements(report.flow()));
    measurements.add(report);
    if (measurements.runs() >= MIN_RUNS) {
      Analysis.of(measurements).forEach(finding -> take(report.flow().id(), finding));
    }
  }

  /** Returns the announced suggestions, in the order of their numbers. */
  public synchronized List<Suggestion> suggestions() {
    return List.copyOf(suggestions.values());
  }

  private void take(long flowId, Finding finding) {
    Key key = new Key(flowId, finding.kind(), finding.nodeId());
    Suggestion known = suggestions.get(key);
    if (known != null && !material(known.savingMillis(), finding.savingMillis())) {
      return;
    }
    Suggestion suggestion =
        new Suggestion(
            known == null ? suggestions.size() + 1 : known.suggestionId(),
            flowId,
            finding.nodeId(),
            finding.title(),
            finding.detail(),
            finding.savingMillis(),
            clock.instant());
    suggestions.put(key, suggestion);
    announced.accept(suggestion);
  }

  private static boolean material(long before, long now) {
    return Math.abs(now - before) > MATERIAL_CHANGE * before;
  }
}
