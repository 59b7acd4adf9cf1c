package io.github.signalhub.examples.optimize;

import io.github.signalhub.examples.flow.FlowDefinition;
import io.github.signalhub.examples.flow.RunReport;
import io.github.signalhub.examples.flow.RunReport.NodeTiming;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The latest runs of one flow and the means over them. Confined to its optimizer's lock. */
final class Measurements {
  private static final int MAX_RUNS = 20; // older runs say little about current ones

  private final FlowDefinition flow;
  private final Deque<RunReport> runs = new ArrayDeque<>();

  Measurements(FlowDefinition flow) {
    this.flow = flow;
  }

  void add(RunReport report) {
    runs.addLast(report);
    if (runs.size() > MAX_RUNS) {
      runs.removeFirst();
    }
  }

  FlowDefinition flow() {
    return flow;
  }

  int runs() {
    return runs.size();
  }

  /** Returns the mean time of each node, retries included, in milliseconds. */
  Map<String, Double> meanElapsed() {
    return mean(NodeTiming::elapsed);
  }

  /** Returns the part of it that failed attempts and the waits after them took. */
  Map<String, Double> meanLostToRetries() {
    return mean(NodeTiming::lostToRetries);
  }

  private Map<String, Double> mean(Function<NodeTiming, Duration> measure) {
    Map<String, Double> mean = new LinkedHashMap<>();
    for (RunReport run : runs) {
      for (NodeTiming timing : run.nodes()) {
        double millis = measure.apply(timing).toNanos() / 1e6;
        mean.merge(timing.nodeId(), millis / runs.size(), Double::sum);
      }
    }
    return mean;
  }
}
