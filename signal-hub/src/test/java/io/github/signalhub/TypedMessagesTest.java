package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.signalhub.json.RawJson;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TypedMessagesTest {
  private static final String INVALID = "invalid_payload";

  private final List<Object> heard = new ArrayList<>();

  record Order(String article, int count) {}

  /** A class that the built-in rules neither write nor read. */
  static final class Word {
    private final String text;

    Word(String text) {
      this.text = text;
    }
  }

  /** Writes and reads words in capitals. */
  private static final class Capitals implements PayloadCodec {
    @Override
    public String write(Object payload) {
      String text = ((Word) payload).text;
      return text == null ? null : "\"" + text.toUpperCase(Locale.ROOT) + "\"";
    }

    @Override
    public <T> T read(String json, Class<T> type) {
      if (!json.startsWith("\"")) {
        throw new IllegalStateException("a secret of the codec");
      }
      return type.cast(new Word(json));
    }
  }

  @Nested
  class Handlers {
    private final Room room = new Room();

    @Test
    void getThePayloadAsAnObjectOfTheirClass() {
      room.hub.onMessage("ORDER", Order.class, (client, order) -> heard.add(order));
      MemoryLink link = room.connect(opted());

      link.send("{\"type\":\"ORDER\",\"payload\":{\"article\":\"tea\",\"count\":2},\"ref\":1}");
      link.send("{\"type\":\"OTHER\",\"payload\":5,\"ref\":2}");

      assertThat(heard).containsExactly(new Order("tea", 2));
      assertThat(answers(room, link)).containsExactly(Map.of("ref", 1L), Map.of("ref", 2L));
    }

    @Test
    void neverGetAPayloadThatDoesNotFit() {
      room.hub.onMessage("ORDER", Order.class, (client, order) -> heard.add(order));
      MemoryLink link = room.connect(opted());

      link.send("{\"type\":\"ORDER\",\"payload\":{\"article\":\"tea\",\"count\":1.5},\"ref\":1}");
      link.send("{\"type\":\"ORDER\",\"payload\":[]}");
      link.send("{\"type\":\"ORDER\",\"ref\":2}");

      assertThat(heard).isEmpty();
      assertThat(answers(room, link))
          .containsExactly(
              error(1, "expected an integer, was a number with a fraction at $.count"),
              error(2, "expected a payload, was null at $"));
      assertThat(room.hub.stats().failedCallbacks()).isZero();
    }

    @Test
    void doNotKeepOthersFromAMessageThatFitsOnlyThem() {
      room.hub.onMessage("ORDER", Order.class, (client, order) -> heard.add(order));
      room.hub.onMessage("ORDER", Map.class, (client, order) -> heard.add(order));
      MemoryLink link = room.connect(opted());

      link.send("{\"type\":\"ORDER\",\"payload\":{\"count\":1},\"ref\":1}");

      assertThat(heard).containsExactly(Map.of("count", 1L));
      assertThat(answers(room, link))
          .containsExactly(error(1, "expected a value, was nothing at $.article"));
    }

    @Test
    void areToldInAReasonThatFits() {
      room.hub.onMessage("ORDER", Deep.class, (client, deep) -> heard.add(deep));
      MemoryLink link = room.connect(opted());
      String key = "é".repeat(40);

      link.send(
          "{\"type\":\"ORDER\",\"payload\":{\"values\":{\"%s\":{\"%s\":{\"%s\":5}}}},\"ref\":1}"
              .formatted(key, key, key));

      assertThat(heard).isEmpty();
      assertThat(answers(room, link))
          .singleElement()
          .extracting(answer -> ((Map<?, ?>) answer).get("reason").toString())
          .satisfies(
              reason ->
                  assertThat(reason)
                      .startsWith("expected a string, was a number at $.values['ééé")
                      .doesNotContain("\ufffd"));
    }

    record Deep(Map<String, Map<String, Map<String, String>>> values) {}

    @Test
    void ofAClassThatCannotBeReadAreRefusedAtOnce() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> room.hub.onMessage("ORDER", Thread.class, (client, thread) -> {}))
          .withMessage("expected a class that Json reads, was java.lang.Thread");
    }

    @Test
    void mayFailAsOthersDo() {
      room.hub.onMessage(
          "ORDER",
          Order.class,
          (client, order) -> {
            throw new RefusedException("sold_out", "");
          });
      MemoryLink link = room.connect(opted());

      link.send("{\"type\":\"ORDER\",\"payload\":{\"article\":\"tea\",\"count\":1},\"ref\":1}");

      assertThat(answers(room, link))
          .containsExactly(Map.of("ref", 1L, "code", "sold_out", "reason", ""));
    }
  }

  @Nested
  class Messages {
    private final Room room = new Room();

    @Test
    void becomeObjectsWhereAListenerAsks() {
      room.hub.onMessage((client, message) -> heard.add(message.payloadAs(Order.class)));
      MemoryLink link = room.connect(opted());

      link.send("{\"type\":\"A\",\"payload\":{\"article\":\"tea\",\"count\":2},\"ref\":1}");
      link.send("{\"type\":\"A\",\"payload\":true,\"ref\":2}");

      assertThat(heard).containsExactly(new Order("tea", 2));
      assertThat(answers(room, link))
          .containsExactly(Map.of("ref", 1L), error(2, "expected an object, was true at $"));
    }

    @Test
    void sayTheirCauseToTheApplicationAlone() {
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> Message.of("A", 5).payloadAs(Order.class))
          .withMessage("expected an object, was a number at $")
          .withCauseInstanceOf(IllegalArgumentException.class)
          .returns(INVALID, RefusedException::code);
    }

    @Test
    void areEqualByTypeAndPayload() {
      assertThat(Message.of("A", List.of(1)))
          .isEqualTo(Message.of("A", List.of(1)))
          .hasSameHashCodeAs(Message.of("A", List.of(1)))
          .isNotEqualTo(Message.of("A", List.of(2)))
          .isNotEqualTo(Message.of("B", List.of(1)))
          .hasToString("Message[type=A, payload=[1]]");
    }
  }

  @Nested
  class Codecs {
    @Test
    void takeOverForTheirClassesAlone() {
      Room room = new Room(Hub.builder().payloadCodec(new Capitals(), Word.class::equals));
      room.hub.onMessage("WORD", Word.class, (client, word) -> heard.add(word.text));
      room.hub.onMessage("ORDER", Order.class, (client, order) -> heard.add(order));
      MemoryLink link = room.connect(opted());

      room.hub.broadcast("WORD", new Word("hi"));
      room.hub.broadcast("ORDER", new Order("tea", 1));
      link.send("{\"type\":\"WORD\",\"payload\":\"hi\"}");
      link.send("{\"type\":\"ORDER\",\"payload\":{\"article\":\"tea\",\"count\":2}}");

      room.run();
      assertThat(link.received())
          .anyMatch(text -> text.contains("\"payload\":\"HI\""))
          .anyMatch(text -> text.contains("\"payload\":{\"article\":\"tea\",\"count\":1}"));
      assertThat(heard).containsExactly("\"hi\"", new Order("tea", 2));
    }

    @Test
    void forAllClassesLeaveNullAndReadyTextAlone() {
      Room room = new Room(Hub.builder().payloadCodec(new Capitals()));
      MemoryLink link = room.connect();

      room.hub.broadcast("A", null);
      room.hub.broadcast("B", RawJson.of("1"));

      room.run();
      assertThat(link.received()).anyMatch(text -> text.contains("\"payload\":null"));
      assertThat(link.received()).anyMatch(text -> text.contains("\"payload\":1"));
    }

    @Test
    void thatFailToReadRefuseThePayloadWithoutTheirMessage() {
      Room room = new Room(Hub.builder().payloadCodec(new Capitals(), Word.class::equals));
      room.hub.onMessage("WORD", Word.class, (client, word) -> heard.add(word));
      MemoryLink link = room.connect(opted());

      link.send("{\"type\":\"WORD\",\"payload\":5,\"ref\":1}");

      assertThat(heard).isEmpty();
      assertThat(answers(room, link))
          .containsExactly(error(1, "expected a payload that is a Word"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"", "\"},{\"", "\u2028\n\"x"})
    void thatWriteNoJsonFailThePublishAndNothingElse(String text) {
      Room room = new Room(Hub.builder().payloadCodec(new Capitals(), Word.class::equals));
      MemoryLink link = room.connect();

      assertThatIllegalArgumentException()
          .isThrownBy(() -> room.hub.broadcast("WORD", new Word(text)))
          .withMessageContaining("expected a codec that writes " + Word.class.getName());
      assertThatIllegalArgumentException()
          .isThrownBy(() -> room.hub.broadcast("WORD", new Word(null)));
      room.hub.broadcast("N", 1);

      assertThat(room.arrived(link)).containsExactly(1L);
    }
  }

  @Nested
  class Handles {
    private final Room room = new Room();

    @Test
    void removeTheirListenerAndNoOther() {
      HubListener listener =
          new HubListener() {
            @Override
            public void onMessage(Client client, Message message) {
              heard.add(message.type());
            }
          };
      ListenerHandle first = room.hub.addListener(listener);
      room.hub.addListener(listener);
      ListenerHandle typed = room.hub.onMessage("B", Order.class, (client, order) -> heard.add(1));
      MemoryLink link = room.connect();

      link.send("{\"type\":\"A\"}");
      first.remove();
      first.remove();
      typed.remove();
      link.send("{\"type\":\"B\",\"payload\":{\"article\":\"tea\",\"count\":2}}");

      assertThat(heard).containsExactly("A", "A", "B");
    }

    @Test
    void areNotGivenByAHubThatIsClosed() {
      room.hub.close(Duration.ZERO);

      assertThatIllegalStateException()
          .isThrownBy(() -> room.hub.addListener(new HubListener() {}))
          .withMessage("the hub is closed");
      assertThatIllegalStateException()
          .isThrownBy(() -> room.hub.onMessage((client, message) -> {}));
      assertThatIllegalStateException()
          .isThrownBy(() -> room.hub.onMessage("A", Order.class, (client, order) -> {}));
    }
  }

  private static Handshake.Builder opted() {
    return Handshake.builder().controlMessages(true);
  }

  private static List<Object> answers(Room room, MemoryLink link) {
    room.run();
    return Stream.of("$ack", "$error")
        .flatMap(type -> Room.controls(link, type).stream())
        .sorted(Comparator.comparing(answer -> ((Map<?, ?>) answer).get("ref").toString()))
        .toList();
  }

  private static Map<String, Object> error(long ref, String reason) {
    return Map.of("ref", ref, "code", INVALID, "reason", reason);
  }
}
