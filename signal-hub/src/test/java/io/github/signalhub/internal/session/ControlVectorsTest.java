package io.github.signalhub.internal.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.internal.log.MessageKey;
import io.github.signalhub.internal.log.Retention;
import io.github.signalhub.internal.log.StartId;
import io.github.signalhub.json.Json;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A session's messages about catch-ups equal the vectors, field by field and in order. */
class ControlVectorsTest {
  private static final Path FOLDER = Path.of("..", "docs", "protocol", "vectors");
  private static final Retention TABLE =
      new Retention(1, 1 << 20, Duration.ofHours(1).toNanos(), 100, 0, false);
  private final Rig rig = new Rig(topic -> topic.equals("rows") ? TABLE : Rig.stream(9));

  @Test
  void joinedSaysWhichPartOfTheTopicFollows() throws IOException {
    rig.publish("flow:42", 0, 4);
    MemoryLink link = rig.connect();

    rig.with(link, session -> session.join("flow:42", StartId.parse(Rig.id(1)), "join-1"));

    assertThat(link.received()).contains(vector("joined"));
  }

  @Test
  void leftBearsItsRef() throws IOException {
    MemoryLink link = rig.connect("flow:42");

    rig.with(link, session -> session.leave("flow:42", 2L));

    assertThat(rig.arrived(link)).hasSize(2);
    assertThat(link.received()).endsWith(vector("left"));
  }

  @Test
  void syncSaysHowFarTheClientIs() throws IOException {
    rig.publish("flow:42", 0, 4);
    MemoryLink link = rig.connect();

    rig.transport.advance(Duration.ofSeconds(15));

    assertThat(link.received()).endsWith(vector("sync"));
  }

  @Test
  void gapOfATableSaysThatItBeginsAnew() throws IOException {
    rig.put("rows", "a", 1);
    rig.put("rows", "b", 2);
    rig.delete("rows", "a", 3);
    rig.delete("rows", "b", 4);

    MemoryLink link = rig.connect(Handshake.builder().topic("rows").after(Rig.id(1)));

    assertThat(rig.arrived(link)).hasSizeGreaterThan(2);
    assertThat(link.received().get(1)).isEqualTo(vector("gap-reset"));
  }

  @Test
  void helloNamesTheTopicsThatStartElsewhere() throws IOException {
    rig.log.append("rows", Rig.json("rows", 0), new MessageKey("a", false), null);
    rig.publish("flow:42", 0, 3);

    MemoryLink link =
        rig.connect(Handshake.builder().topic("flow:42", Rig.id(2)).topic("ledger").topic("rows"));

    assertThat(rig.arrived(link)).hasSizeGreaterThan(1);
    String expected = vector("hello-catch-ups");
    assertThat(link.received().get(0))
        .isEqualTo(expected.replace("0123456789abcdef0123456789abcdef", link.clientId()));
  }

  private static String vector(String name) throws IOException {
    Map<?, ?> vector = (Map<?, ?>) Json.parse(Files.readAllBytes(FOLDER.resolve(name + ".json")));
    assertThat(List.copyOf(vector.keySet()).toString()).isEqualTo("[about, message]");
    return new String(Json.writeBytes(vector.get("message")), UTF_8);
  }
}
