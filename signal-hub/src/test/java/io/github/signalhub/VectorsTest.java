package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.flow.FlowStatus;
import io.github.signalhub.flow.FlowStatus.Status;
import io.github.signalhub.flow.LedgerUpdate;
import io.github.signalhub.flow.OptimizationAvailable;
import io.github.signalhub.json.Json;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The messages with fixed payloads are, field by field and in order, the ones of the vectors. */
class VectorsTest {
  private static final Path FOLDER = Path.of("..", "docs", "protocol", "vectors");
  private static final Instant MILLIS = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final Instant SECONDS = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void theStatusOfAFlowLeavesTheNodeOut() throws IOException {
    Message message = FlowStatus.ofFlow(42, Status.STARTED, MILLIS).toMessage();

    assertThat(written(message, Optional.empty())).isEqualTo(expected("flow-status-flow"));
  }

  @Test
  void theStatusOfANodeNamesIt() throws IOException {
    Message message = FlowStatus.ofNode(42, "extract", Status.NODE_COMPLETE, MILLIS).toMessage();

    assertThat(written(message, Optional.of("flow:42"))).isEqualTo(expected("flow-status-node"));
  }

  @Test
  void theAmountOfALedgerEntryIsAnExactString() throws IOException {
    Message message =
        LedgerUpdate.builder()
            .entryId(7)
            .flowId(42)
            .description("Daily settlement")
            .amount(new BigDecimal("1234.50"))
            .currency("EUR")
            .timestamp(SECONDS)
            .build()
            .toMessage();

    assertThat(written(message, Optional.of("ledger"))).isEqualTo(expected("ledger-update"));
  }

  @Test
  void aSuggestionHasAllItsFields() throws IOException {
    Message message =
        OptimizationAvailable.builder()
            .suggestionId(3)
            .flowId(42)
            .nodeId("reconcile")
            .title("Reconcile earlier")
            .detail("It waits for a node that it does not need.")
            .savingMillis(250)
            .timestamp(SECONDS)
            .build()
            .toMessage();

    assertThat(written(message, Optional.empty())).isEqualTo(expected("optimization-available"));
  }

  @Test
  void aGoodbyeSaysWhenToComeBack() throws IOException {
    Room room = new Room();
    MemoryLink link = room.connect(Handshake.builder().controlMessages(true));
    Object vector = Json.parse(Files.readAllBytes(FOLDER.resolve("bye.json")));

    new Drain(Duration.ofSeconds(5), Optional.of(Duration.ofMillis(8_500)))
        .sayGoodbye(room.hub.clients());
    room.run();

    assertThat(link.received().get(1)).isEqualTo(Json.write(((Map<?, ?>) vector).get("message")));
  }

  /** Returns the fields of a sent message in order, without the id, which the log assigns. */
  private static String written(Message message, Optional<String> topic) {
    Room room = new Room();
    MemoryLink link = room.connect(topic.stream().toArray(String[]::new));
    topic.ifPresentOrElse(
        name -> room.hub.topic(name).publish(message), () -> room.hub.broadcast(message));
    room.run();
    String json = link.received().get(0);
    return json.substring(0, json.lastIndexOf(",\"id\":"));
  }

  private static String expected(String name) throws IOException {
    Map<?, ?> vector = (Map<?, ?>) Json.parse(Files.readAllBytes(FOLDER.resolve(name + ".json")));
    String json = Json.write(vector.get("message"));
    assertThat(List.copyOf(((Map<?, ?>) vector.get("message")).keySet()).toString())
        .endsWith("id]");
    return json.substring(0, json.lastIndexOf(",\"id\":"));
  }
}
