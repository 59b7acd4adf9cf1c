package io.github.signalhub.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.signalhub.examples.flow.FlowDefinition;
import io.github.signalhub.examples.flow.NodeDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExampleFlowsTest {
  private final List<Duration> slept = new ArrayList<>();
  private final ExampleFlows flows = new ExampleFlows(new Random(42), slept::add);

  @Test
  void haveFourToEightNodesEach() {
    assertThat(flows.definitions())
        .extracting(FlowDefinition::name)
        .containsExactly("Daily settlement", "Invoice batch", "Fraud screening", "Month-end close");
    assertThat(flows.definitions())
        .allSatisfy(flow -> assertThat(flow.nodes()).hasSizeBetween(4, 8));
  }

  @Test
  void bookAmountsInCents() {
    for (FlowDefinition flow : flows.definitions()) {
      ExampleFlows.Amount amount = flows.amountOf(flow.id());

      assertThat(amount.amount()).isPositive().hasScaleOf(2);
      assertThat(amount.currency()).isIn("EUR", "USD");
    }
  }

  @Test
  void workTakesItsMeanGiveOrTakeAQuarter() throws Exception {
    NodeDefinition trades = flows.definitions().get(0).nodes().get(0);

    for (int i = 0; i < 100; i++) {
      trades.work().perform(1);
    }

    assertThat(slept)
        .hasSize(100)
        .allSatisfy(time -> assertThat(time.toMillis()).isBetween(262L, 438L));
  }

  @Test
  void dailySettlementNeverFailsForGood() {
    for (NodeDefinition node : flows.definitions().get(0).nodes()) {
      for (int i = 0; i < 100; i++) {
        assertThat(lastAttemptSucceeds(node)).isTrue();
      }
    }
  }

  @Test
  void theSanctionsListsSometimesDo() {
    NodeDefinition lists =
        flows.definitions().get(2).nodes().stream()
            .filter(node -> node.id().equals("lists"))
            .findFirst()
            .orElseThrow();

    assertThatExceptionOfType(SimulatedWork.UnavailableException.class)
        .isThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                lists.work().perform(lists.retry().attempts());
              }
            });
  }

  private static boolean lastAttemptSucceeds(NodeDefinition node) {
    try {
      node.work().perform(node.retry().attempts());
      return true;
    } catch (Exception e) {
      return false;
    }
  }
}
