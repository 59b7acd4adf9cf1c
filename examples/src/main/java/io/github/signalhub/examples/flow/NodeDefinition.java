package io.github.signalhub.examples.flow;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * One step of a flow. Immutable.
 *
 * @param id unique within the flow
 * @param label the name that people read
 * @param dependsOn the nodes that must be done before this one begins
 * @param work its work
 * @param retry the attempts after a failure
 */
public record NodeDefinition(
    String id, String label, List<String> dependsOn, Work work, Retry retry) {
  /** Copies the list. */
  public NodeDefinition {
    requireNonNull(id, "id");
    requireNonNull(label, "label");
    dependsOn = List.copyOf(dependsOn);
    requireNonNull(work, "work");
    requireNonNull(retry, "retry");
  }
}
