package io.github.signalhub.examples.optimize;

import io.github.signalhub.examples.flow.FlowDefinition;
import io.github.signalhub.examples.flow.NodeDefinition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * The longest chain of dependent nodes. It is the duration of a run with enough workers. Immutable.
 *
 * @param millis its length
 * @param nodeIds its nodes in order
 */
record CriticalPath(double millis, List<String> nodeIds) {
  /** Returns the critical path of {@code flow} if its nodes take {@code millisByNode}. */
  static CriticalPath of(FlowDefinition flow, Map<String, Double> millisByNode) {
    return of(flow, millisByNode, (node, dependency) -> true);
  }

  /** Returns the critical path with only the dependencies that {@code counts} accepts. */
  static CriticalPath of(
      FlowDefinition flow, Map<String, Double> millisByNode, BiPredicate<String, String> counts) {
    Map<String, Double> endOf = new HashMap<>();
    Map<String, String> before = new HashMap<>();
    String last = null;
    for (NodeDefinition node : flow.nodes()) { // in order: dependencies come first
      double begin = 0;
      for (String dependency : node.dependsOn()) {
        if (counts.test(node.id(), dependency) && endOf.get(dependency) > begin) {
          begin = endOf.get(dependency);
          before.put(node.id(), dependency);
        }
      }
      endOf.put(node.id(), begin + millisByNode.get(node.id()));
      if (last == null || endOf.get(node.id()) > endOf.get(last)) {
        last = node.id();
      }
    }
    List<String> path = new ArrayList<>();
    for (String id = last; id != null; id = before.get(id)) {
      path.add(id);
    }
    Collections.reverse(path);
    return new CriticalPath(endOf.get(last), List.copyOf(path));
  }
}
