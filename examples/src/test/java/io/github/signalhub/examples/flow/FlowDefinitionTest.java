package io.github.signalhub.examples.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class FlowDefinitionTest {
  @Test
  void nodesComeAfterThoseThatTheyDependOn() {
    FlowDefinition flow =
        new FlowDefinition(1, "f", List.of(node("c", "b"), node("b", "a"), node("a")));

    assertThat(flow.nodes()).extracting(NodeDefinition::id).containsExactly("a", "b", "c");
  }

  @Test
  void aCycleIsRefusedAndNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new FlowDefinition(1, "f", List.of(node("a"), node("b", "a", "c"), node("c", "b"))))
        .withMessage("expected an acyclic graph in flow f, a cycle holds up [b, c]");
  }

  @Test
  void aNodeThatDependsOnItselfIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FlowDefinition(1, "f", List.of(node("a", "a"))));
  }

  @Test
  void anUnknownDependencyIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FlowDefinition(1, "f", List.of(node("a", "ghost"))))
        .withMessage("node a of flow f depends on unknown node ghost");
  }

  @Test
  void twoNodesOfOneNameAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FlowDefinition(1, "f", List.of(node("a"), node("a"))))
        .withMessage("two nodes of flow f are named a");
  }

  @Test
  void aFlowWithoutNodesIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new FlowDefinition(1, "f", List.of()));
  }

  private static NodeDefinition node(String id, String... dependsOn) {
    return new NodeDefinition(id, id, List.of(dependsOn), attempt -> {}, Retry.NEVER);
  }
}
