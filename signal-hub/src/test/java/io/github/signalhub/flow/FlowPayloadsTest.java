package io.github.signalhub.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.signalhub.flow.FlowStatus.Status;
import java.math.BigDecimal;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FlowPayloadsTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void aMissingMemberIsNamed() {
    LedgerUpdate.Builder entry = LedgerUpdate.builder().entryId(7).description("Settlement");

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(entry::build)
        .withMessage("expected flowId to be set, was not");
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(OptimizationAvailable.builder().suggestionId(1).flowId(2)::build)
        .withMessage("expected nodeId to be set, was not");
    assertThatNullPointerException()
        .isThrownBy(() -> FlowStatus.ofNode(1, null, Status.STARTED, AT))
        .withMessage("nodeId");
  }

  @Test
  void payloadsOfTheSameMembersAreEqualAndPrintThem() {
    assertThat(entry(7)).isEqualTo(entry(7)).hasSameHashCodeAs(entry(7)).isNotEqualTo(entry(8));
    assertThat(entry(7))
        .hasToString(
            "LedgerUpdate[entryId=7, flowId=42, description=Settlement, amount=1.50,"
                + " currency=EUR, timestamp=2026-01-02T03:04:05Z]");
    assertThat(FlowStatus.ofNode(1, "extract", Status.STARTED, AT))
        .isEqualTo(FlowStatus.ofNode(1, "extract", Status.STARTED, AT))
        .isNotEqualTo(FlowStatus.ofFlow(1, Status.STARTED, AT))
        .hasToString(
            "FlowStatus[flowId=1, status=STARTED, nodeId=extract,"
                + " timestamp=2026-01-02T03:04:05Z]");
  }

  private static LedgerUpdate entry(long id) {
    return LedgerUpdate.builder()
        .entryId(id)
        .flowId(42)
        .description("Settlement")
        .amount(new BigDecimal("1.50"))
        .currency("EUR")
        .timestamp(AT)
        .build();
  }
}
