package io.github.signalhub.examples.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.signalhub.Hub;
import io.github.signalhub.HubTopic;
import io.github.signalhub.examples.ledger.Ledger;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LedgerTableTest {
  private final Hub hub = Hub.builder().topic(LedgerTable.TOPIC, LedgerTable.OPTIONS).build();
  private final HubTopic topic = hub.topic(LedgerTable.TOPIC);
  private final LedgerTable a = new LedgerTable(topic, 0, 2);
  private final LedgerTable b = new LedgerTable(topic, 1, 2);

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void nodesGiveEachEntryItsOwnNumberAndSeeTheSameOnes() throws IOException {
    for (LedgerTable node : List.of(a, b, b, a)) {
      node.book(1, "Net position settled", new BigDecimal("10.50"), "EUR");
    }

    assertThat(numbers(a)).isEqualTo(numbers(b)).containsExactly(2L, 3L, 5L, 6L);
  }

  @Test
  void onlyTheLatestEntriesAreReturned() throws IOException {
    for (int i = 0; i <= Ledger.MAX_RECENT; i++) {
      a.book(1, "Net position settled", BigDecimal.ONE, "EUR");
    }

    assertThat(numbers(a)).hasSize(Ledger.MAX_RECENT).startsWith(4L);
  }

  @Test
  void anEntryThatTheHubDoesNotTakeIsAnError() {
    hub.close();

    assertThatIOException()
        .isThrownBy(() -> a.book(1, "Net position settled", BigDecimal.ONE, "EUR"))
        .withMessage("the ledger does not take an entry: CLOSED");
  }

  private static List<Object> numbers(LedgerTable table) {
    return table.recent().stream().<Object>map(row -> ((Map<?, ?>) row).get("entryId")).toList();
  }
}
