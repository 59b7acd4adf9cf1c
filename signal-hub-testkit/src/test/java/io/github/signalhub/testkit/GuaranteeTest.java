package io.github.signalhub.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.signalhub.testkit.Publications.Published;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class GuaranteeTest {
  private static final String HELLO =
      "{\"type\":\"$hello\",\"payload\":{\"id\":\"%s\",\"resumed\":%s,\"topics\":[\"a\",\"b\"]}}";

  private static final Published STREAMED =
      new Published(Optional.empty(), false, Duration.ofSeconds(1), Optional.empty());
  private static final Published DELETION =
      new Published(Optional.of("k"), true, Duration.ofSeconds(1), Optional.empty());
  private static final Published KEYED =
      new Published(Optional.of("k"), false, Duration.ofDays(1), Optional.empty());

  private final SimulatedNetwork network = new SimulatedNetwork(77);
  private final SimulatedClient client = network.client().topic("a").topic("b").build();
  private final Publications published = new Publications();

  @Test
  void everythingInOrderIsWhatWasPromised() {
    publish("a", 1, 3);
    publish("b", 2);

    assertHolds(hello(0), message("a", 1), message("b", 2), message("a", 3));
  }

  @Nested
  class Live {
    @Test
    void missingMessageIsFoundAtTheNextOfItsTopic() {
      publish("a", 1, 2, 3);

      assertBroken("missing without a gap", hello(0), message("a", 1), message("a", 3));
    }

    @Test
    void missingMessageIsFoundAtTheEnd() {
      publish("a", 1, 2);

      assertBroken("missing without a gap", hello(0), message("a", 1));
    }

    @Test
    void missingMessageIsFoundWhenTheHubSaysThatEverythingWasSent() {
      publish("a", 1);

      assertBroken("missing without a gap", hello(0), sync(1));
    }

    @Test
    void messageThatIsMissingMayHaveBeenToldOf() {
      publish("a", 1, 2, 3);

      assertHolds(hello(0), gap("a", 0, 3), message("a", 3));
    }

    @Test
    void gapOfAnotherTopicTellsNothing() {
      publish("a", 1, 2, 3);

      assertBroken("missing without a gap", hello(0), gap("b", 0, 3), message("a", 3));
    }

    @Test
    void repeatedMessageIsFound() {
      publish("a", 1);

      assertBroken("repeated or out of order", hello(0), message("a", 1), message("a", 1));
    }

    @Test
    void wrongOrderIsFoundAcrossTopics() {
      publish("a", 1);
      publish("b", 2);

      assertBroken("out of order", hello(0), message("b", 2), message("a", 1));
    }

    @Test
    void messageThatNobodyPublishedIsFound() {
      assertBroken("was not published", hello(0), message("a", 1));
    }

    @Test
    void topicsOfOthersAreFound() {
      publish("a", 1);

      assertBroken("does not follow", hello(0), left("a"), message("a", 1));
    }
  }

  @Nested
  class OwnMessages {
    private final Published streamed =
        new Published(Optional.empty(), false, Duration.ofSeconds(1), Optional.of(client));
    private final Published row =
        new Published(Optional.of("k"), false, Duration.ofDays(1), Optional.of(client));

    @Test
    void areNotMissing() {
      published.add("a", id(1), streamed);
      publish("a", 2);

      assertHolds(hello(0), message("a", 2));
    }

    @Test
    void thatAreSentToTheirSenderAreFound() {
      published.add("a", id(1), streamed);

      assertBroken("sent to its sender", hello(0), message("a", 1));
    }

    @Test
    void ofAnotherClientAreOwed() {
      SimulatedClient other = network.client().build();
      Published others =
          new Published(Optional.empty(), false, Duration.ofSeconds(1), Optional.of(other));
      published.add("a", id(1), others);
      publish("a", 2);

      assertBroken("missing without a gap", hello(0), message("a", 2));
    }

    @Test
    void ofATableComeWithItsStateAndAfterAReset() {
      published.add("a", id(1), row);
      published.add("a", id(5), row);

      assertBroken("sent to its sender", hello(1), message("a", 5));
      assertHolds(hello(1), reset("a", 1, 3), joined("a", 0, 3), sync(3), message("a", 5));
    }

    @Test
    void ofATableMayComeIfTheyAreOfAConnectionThatEndedBeforeAllWasRead() {
      Published earlier =
          new Published(Optional.of("k"), false, Duration.ofSeconds(1), Optional.of(client));
      published.add("a", id(5), earlier);

      assertHolds(hello(1), message("a", 5));
      assertHolds(hello(1), sync(5));
    }
  }

  @Nested
  class CatchUps {
    @Test
    void olderMessagesComeFirstAndAlone() {
      publish("a", 1, 2, 5);
      publish("b", 3, 4, 6);

      assertHolds(
          helloWithCatchUp(4, "a", 0),
          joined("a", 0, 4),
          message("a", 1),
          message("a", 2),
          sync(4),
          message("a", 5),
          message("b", 6));
    }

    @Test
    void missingEndIsFound() {
      published.add("b", id(1), STREAMED);
      published.add("b", id(2), STREAMED);
      String hello =
          HELLO.replace("[\"a\",\"b\"]", "[\"a\"]").formatted(id(2), true); // b is joined later

      assertBroken("missing without a gap", hello, joined("b", 0, 2), message("b", 1), sync(2));
    }

    @Test
    void liveMessageInBetweenIsFound() {
      publish("a", 1);
      publish("b", 3);

      assertBroken(
          "within the catch-up",
          helloWithCatchUp(2, "a", 0),
          joined("a", 0, 2),
          message("b", 3),
          message("a", 1),
          sync(2));
    }

    @Test
    void thatSkipsSomethingIsFound() {
      publish("a", 1);

      assertBroken(
          "missing without a gap", helloWithCatchUp(2, "a", 0), joined("a", 2, 2), sync(2));
    }

    @Test
    void ofATopicThatIsLeftNeedNotBeginOrBeComplete() {
      publish("a", 1);

      assertHolds(helloWithCatchUp(2, "a", 0), left("a"));
      assertHolds(helloWithCatchUp(2, "a", 0), joined("a", 0, 2), left("a"), sync(2));
    }

    @Test
    void catchUpWithoutEndIsFound() {
      publish("a", 1);

      assertBroken("did not end", hello(1), joined("a", 0, 1));
    }
  }

  @Nested
  class Tables {
    @Test
    void deletionMayBeMissingWhereNothingWasKnown() {
      published.add("a", id(1), DELETION);

      assertHolds(helloWithCatchUp(2, "a", 0), joined("a", 0, 2), sync(2));
    }

    @Test
    void deletionMayNotBeMissingForWhoKnewTheKey() {
      published.add("a", id(4), KEYED);
      published.add("a", id(5), DELETION);

      assertBroken("missing without a gap", hello(3), message("a", 4), sync(5));
    }
  }

  @Nested
  class Restarts {
    @Test
    void haveToBeToldToEveryTopic() {
      publish("a", 1);

      assertBroken("restart", hello(0), message("a", 1), helloOfAnotherEpoch());
    }
  }

  @Test
  void supersededIsNotMissing() {
    published.add("a", id(1), KEYED);
    published.add("a", id(2), KEYED);

    assertHolds(hello(0), message("a", 2));
  }

  @Test
  void newestOfAKeyMayNotBeMissing() {
    published.add("a", id(1), KEYED);
    published.add("a", id(2), KEYED);

    assertBroken("missing without a gap", hello(0), message("a", 1));
  }

  private void assertHolds(String... texts) {
    assertThatCode(() -> read(texts)).doesNotThrowAnyException();
  }

  private void assertBroken(String rule, String... texts) {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> read(texts))
        .withMessageContaining(rule)
        .withMessageContaining("seed 77");
  }

  private void read(String... texts) {
    GuaranteeReader reader = new GuaranteeReader(client, published, network.toString());
    List.of(texts).forEach(text -> reader.read(Arrival.parse(Duration.ofSeconds(2), 1, text)));
    reader.finish(Optional.of(id(9)));
  }

  private void publish(String topic, int... offsets) {
    for (int offset : offsets) {
      published.add(topic, id(offset), STREAMED);
    }
  }

  private static String id(int offset) {
    return "00000000000000aa-%016d".formatted(offset);
  }

  private static String hello(int offset) {
    return HELLO.formatted(id(offset), true);
  }

  private static String helloWithCatchUp(int offset, String topic, int after) {
    return hello(offset).replace("}}", ",\"catchUps\":{\"" + topic + "\":\"" + id(after) + "\"}}}");
  }

  private static String helloOfAnotherEpoch() {
    return HELLO.formatted("00000000000000bb-0000000000000000", false);
  }

  private static String message(String topic, int offset) {
    return "{\"type\":\"N\",\"payload\":1,\"topic\":\"%s\",\"id\":\"%s\"}"
        .formatted(topic, id(offset));
  }

  private static String sync(int offset) {
    return "{\"type\":\"$sync\",\"payload\":{\"id\":\"%s\"}}".formatted(id(offset));
  }

  private static String gap(String topic, int after, int next) {
    return "{\"type\":\"$gap\",\"payload\":{\"topic\":\"%s\",\"after\":\"%s\",\"next\":\"%s\"}}"
        .formatted(topic, id(after), id(next));
  }

  private static String reset(String topic, int after, int next) {
    return gap(topic, after, next).replace("\"next\"", "\"reset\":true,\"next\"");
  }

  private static String joined(String topic, int after, int upTo) {
    return "{\"type\":\"$joined\",\"payload\":{\"topic\":\"%s\",\"after\":\"%s\",\"upTo\":\"%s\"}}"
        .formatted(topic, id(after), id(upTo));
  }

  private static String left(String topic) {
    return "{\"type\":\"$left\",\"payload\":{\"topic\":\"%s\"}}".formatted(topic);
  }
}
