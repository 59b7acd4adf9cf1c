package io.github.signalhub.examples.flow;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A flow: a name and an acyclic graph of nodes. Immutable.
 *
 * @param id unique among the flows of an engine
 * @param name the name that people read
 * @param nodes at least one, each after the nodes that it depends on
 */
public record FlowDefinition(long id, String name, List<NodeDefinition> nodes) {
  /**
   * Checks the graph and sorts the nodes by their dependencies. Where these leave a choice, the
   * given order stays.
   *
   * @throws IllegalArgumentException if there is no node, two have the same id, a node depends on
   *     an unknown one, or the dependencies form a cycle
   */
  public FlowDefinition {
    requireNonNull(name, "name");
    nodes = inOrder(name, List.copyOf(nodes));
  }

  private static List<NodeDefinition> inOrder(String name, List<NodeDefinition> nodes) {
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("expected at least one node in flow " + name);
    }
    rejectDuplicatesAndUnknown(name, nodes);
    List<NodeDefinition> ordered = new ArrayList<>();
    Set<String> done = new HashSet<>();
    Set<NodeDefinition> waiting = new LinkedHashSet<>(nodes);
    while (!waiting.isEmpty()) {
      List<NodeDefinition> ready =
          waiting.stream().filter(node -> done.containsAll(node.dependsOn())).toList();
      if (ready.isEmpty()) {
        List<String> cycle = waiting.stream().map(NodeDefinition::id).toList();
        throw new IllegalArgumentException(
            "expected an acyclic graph in flow " + name + ", a cycle holds up " + cycle);
      }
      ready.forEach(node -> done.add(node.id()));
      ordered.addAll(ready);
      ready.forEach(waiting::remove);
    }
    return List.copyOf(ordered);
  }

  private static void rejectDuplicatesAndUnknown(String name, List<NodeDefinition> nodes) {
    Set<String> ids = new HashSet<>();
    for (NodeDefinition node : nodes) {
      if (!ids.add(node.id())) {
        throw new IllegalArgumentException("two nodes of flow " + name + " are named " + node.id());
      }
    }
    for (NodeDefinition node : nodes) {
      for (String dependency : node.dependsOn()) {
        if (!ids.contains(dependency)) {
          throw new IllegalArgumentException(
              "node " + node.id() + " of flow " + name + " depends on unknown node " + dependency);
        }
      }
    }
  }
}
