package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.json.Json;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The messages of clients and the answers are, field by field, the ones of the vectors. */
class InboundVectorsTest {
  private static final Path FOLDER = Path.of("..", "docs", "protocol", "vectors");

  private final List<String> joins = new ArrayList<>();
  private final Room room =
      new Room(
          Hub.builder()
              .maxTopicsPerClient(1)
              .authorizeJoins((client, topic) -> joins.add(topic) && !topic.equals("secret")));
  private final MemoryLink link = room.connect(Handshake.builder().controlMessages(true));

  @Test
  void messageWithARefIsHandedOutWithoutItAndAcknowledged() throws IOException {
    List<Message> messages = new ArrayList<>();
    room.hub.onMessage((client, message) -> messages.add(message));

    link.send(vector("client-message"));

    assertThat(messages).containsExactly(Message.of("ORDER", Map.of("seat", 7L)));
    assertThat(answers()).containsExactly(vector("ack"));
  }

  @Test
  void requestIsAnsweredInItsAcknowledgement() throws IOException {
    record Price(String article, BigDecimal price, String until) {}
    room.hub.onRequest(
        "PRICE",
        Map.class,
        (client, query) -> new Price((String) query.get("article"), new BigDecimal("3.50"), null));

    link.send(vector("client-request"));

    assertThat(answers()).containsExactly(vector("ack-answer"));
  }

  @Test
  void joinAndLeaveAreRequestsForATopic() throws IOException {
    link.send(vector("client-join"));
    assertThat(joins).containsExactly("flow:42");
    assertThat(room.client(link).topics()).containsExactly("flow:42");
    assertThat(answers()).isEmpty();

    link.send(vector("client-leave"));

    assertThat(room.client(link).topics()).isEmpty();
    assertThat(answers()).isEmpty();
  }

  @Test
  void errorsSayWhichAndWhy() throws IOException {
    room.hub.onMessage(
        (client, message) -> {
          if (message.type().equals("ORDER")) {
            throw new RefusedException("sold_out", "no seats are left");
          }
          throw new IllegalStateException("on purpose");
        });
    room.client(link).join("a");

    link.send("{\"type\":\"ORDER\",\"ref\":2}");
    link.send("hello");
    link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"secret\",\"ref\":3}}");
    link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"b\",\"ref\":4}}");
    link.send("{\"type\":\"BROKEN\",\"ref\":5}");

    assertThat(answers())
        .containsExactly(
            vector("error-refused"),
            vector("error-invalid"),
            vector("error-forbidden"),
            vector("error-too-many-topics"),
            vector("error-internal"));
  }

  /** Returns the texts of all answers in order, with their fields in order. */
  private List<String> answers() {
    room.run();
    return link.received().stream()
        .filter(text -> text.startsWith("{\"type\":\"$ack\"") || text.contains("\"$error\""))
        .toList();
  }

  private static String vector(String name) throws IOException {
    Map<?, ?> vector = (Map<?, ?>) Json.parse(Files.readAllBytes(FOLDER.resolve(name + ".json")));
    return Json.write(vector.get("message"));
  }
}
