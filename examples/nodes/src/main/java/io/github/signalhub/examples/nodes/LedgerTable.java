package io.github.signalhub.examples.nodes;

import io.github.signalhub.HubTopic;
import io.github.signalhub.Message;
import io.github.signalhub.PublishResult;
import io.github.signalhub.PublishResult.Status;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.examples.ledger.Ledger;
import io.github.signalhub.flow.LedgerUpdate;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The ledger as a table of the hub: one row for each entry. Thread-safe. */
final class LedgerTable {
  static final String TOPIC = "ledger";
  static final TopicOptions OPTIONS =
      TopicOptions.DEFAULT.compactBy(entry -> String.valueOf(numberOf(entry)));

  private final HubTopic topic;
  private final int node;
  private final int nodes;

  /**
   * Creates the ledger of one of several nodes.
   *
   * @param node the number of the node, from 0
   * @param nodes the number of all nodes
   */
  LedgerTable(HubTopic topic, int node, int nodes) {
    this.topic = topic;
    this.node = node;
    this.nodes = nodes;
  }

  private static long numberOf(Message entry) {
    return ((Number) ((Map<?, ?>) entry.payload()).get("entryId")).longValue();
  }

  /** Returns the latest entries as payloads of {@code LEDGER_UPDATE}. */
  List<?> recent() {
    List<Message> all = all();
    int first = Math.max(0, all.size() - Ledger.MAX_RECENT);
    return all.subList(first, all.size()).stream().map(Message::payload).toList();
  }

  /**
   * Books an entry, and waits until all nodes have it or will have it.
   *
   * @throws IOException if the hub does not take it
   */
  synchronized void book(long flowId, String description, BigDecimal amount, String currency)
      throws IOException {
    LedgerUpdate entry =
        LedgerUpdate.builder()
            .entryId(nextNumber())
            .flowId(flowId)
            .description(description)
            .amount(amount)
            .currency(currency)
            .timestamp(Instant.now())
            .build();
    PublishResult result;
    do { // a repeat has the same key, so it books nothing twice
      result = topic.publish(entry.toMessage()).settled().toCompletableFuture().join();
    } while (result.status() == Status.UNCONFIRMED);
    if (!result.isAccepted()) {
      throw new IOException("the ledger does not take an entry: " + result.status());
    }
  }

  /**
   * Returns a number above all that this node knows, which no other node takes: of two nodes, one
   * takes even and one odd numbers.
   */
  private long nextNumber() {
    long next = 1 + all().stream().mapToLong(LedgerTable::numberOf).max().orElse(0);
    return next + Math.floorMod(node - next, (long) nodes);
  }

  private List<Message> all() {
    return topic.history(HubTopic.MAX_HISTORY).messages().stream()
        .map(retained -> retained.message())
        .toList();
  }
}
