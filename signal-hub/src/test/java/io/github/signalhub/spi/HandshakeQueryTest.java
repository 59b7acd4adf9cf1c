package io.github.signalhub.spi;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeQueryTest {
  private static final String ID = "00ff00ff00ff00ff-0000000000000004";
  private static final String LATER = "00ff00ff00ff00ff-9007199254740991";
  private static final String SESSION = "0123456789abcdef0123456789abcdef";

  @ParameterizedTest
  @ValueSource(strings = {"", "&&"})
  void anEmptyQueryAsksForNothing(String query) {
    HandshakeQuery parsed = HandshakeQuery.parse(query);

    assertThat(parsed.topics()).isEmpty();
    assertThat(parsed.starts()).isEmpty();
    assertThat(parsed.after()).isEmpty();
    assertThat(parsed.session()).isEmpty();
    assertThat(parsed.controlMessages()).isFalse();
  }

  @Test
  void parametersAreDecodedAndKeptInOrder() {
    HandshakeQuery parsed = HandshakeQuery.parse("b=1&a=%E2%82%AC+x&b=2=3&c&%C3%A4=");

    assertThat(parsed.parameters().keySet()).containsExactly("b", "a", "c", "\u00e4");
    assertThat(parsed.parameters().get("a")).containsExactly("\u20ac x");
    assertThat(parsed.parameters().get("b")).containsExactly("1", "2=3");
    assertThat(parsed.parameters().get("c")).containsExactly("");
  }

  @Test
  void theHubsOwnParametersAreRead() {
    HandshakeQuery parsed =
        HandshakeQuery.parse(
            "topic=flow%3A42&topic=ledger&topic=ledger&after=0a-1&signal-hub=1&session=" + SESSION);

    assertThat(parsed.topics()).isEqualTo(List.of("flow:42", "ledger"));
    assertThat(parsed.after()).contains("0a-1");
    assertThat(parsed.session()).contains(SESSION);
    assertThat(parsed.controlMessages()).isTrue();
  }

  @Test
  void anEmptyAfterIsNone() {
    assertThat(HandshakeQuery.parse("after=").after()).isEmpty();
  }

  @Nested
  class Starts {
    @Test
    void areBehindTheNameOfATopic() {
      HandshakeQuery parsed = HandshakeQuery.parse("topic=a@" + ID + "&topic=b%40" + LATER);

      assertThat(parsed.topics()).containsExactly("a", "b");
      assertThat(parsed.starts()).isEqualTo(Map.of("a", ID, "b", LATER));
    }

    @Test
    void areSplitOffAtTheLastAtThatAnIdFollows() {
      String name = "a@" + ID + "@";

      assertThat(HandshakeQuery.parse("topic=" + name + "@" + LATER).starts())
          .isEqualTo(Map.of(name, LATER));
      assertThat(HandshakeQuery.parse("topic=" + name + "b").topics()).containsExactly(name + "b");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "00ff00ff00ff00ff-9007199254740992",
          "00ff00ff00ff00ff-000000000000004",
          "00ff00ff00ff00ff-00000000000000004",
          "00FF00ff00ff00ff-0000000000000004",
          "00ff00ff00ff00fg-0000000000000004",
          "00ff00ff00ff00ff_0000000000000004",
          "00ff00ff00ff00ff-000000000000000x",
        })
    void areIdsAndNothingElse(String noId) {
      HandshakeQuery parsed = HandshakeQuery.parse("topic=a@" + noId);

      assertThat(parsed.topics()).containsExactly("a@" + noId);
      assertThat(parsed.starts()).isEmpty();
    }

    @Test
    void mayBeSaidBesideTheBareName() {
      for (String query :
          List.of("topic=a&topic=a@" + ID, "topic=a@" + ID + "&topic=a&topic=a@" + ID)) {
        assertThat(HandshakeQuery.parse(query).topics()).containsExactly("a");
        assertThat(HandshakeQuery.parse(query).starts()).isEqualTo(Map.of("a", ID));
      }
    }

    @Test
    void areGrantedWithTheirTopicsAlone() {
      HandshakeQuery parsed =
          HandshakeQuery.parse(
              "topic=a@" + ID + "&topic=b@" + ID + "&after=x&signal-hub=1&session=" + SESSION);

      Handshake handshake = parsed.grant(List.of("a", "c")).build();

      assertThat(handshake.topics()).containsExactlyInAnyOrder("a", "c");
      assertThat(handshake.starts()).isEqualTo(Map.of("a", ID));
      assertThat(handshake.after()).contains("x");
      assertThat(handshake.session()).contains(SESSION);
      assertThat(handshake.controlMessages()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=%",
        "a=%4",
        "a=%g1",
        "a=%1g",
        "%ff=1",
        "a=%c3",
        "a=%ed%a0%80",
        "a=%c0%80",
        "a=\u00e4",
        "topic=",
        "topic",
        "topic=%24hub",
        "topic=$hub",
        "topic=@" + ID,
        "topic=$hub@" + ID,
        "topic=a@" + ID + "&topic=a@" + LATER,
        "after=1&after=1",
        "session=",
        "session=0123456789ABCDEF0123456789ABCDEF",
        "session=" + SESSION + "0",
        "session=" + SESSION + "&session=" + SESSION
      })
  void whatNobodyMayAskIsTold(String query) {
    assertThatIllegalArgumentException().isThrownBy(() -> HandshakeQuery.parse(query));
  }

  @Test
  void topicsHaveLimits() {
    HandshakeQuery.parse(topics(128) + "&" + topics(128));
    HandshakeQuery.parse("topic=" + "x".repeat(255) + "@" + ID);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> HandshakeQuery.parse(topics(129)))
        .withMessage("expected at most 128 topics");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HandshakeQuery.parse("topic=" + "x".repeat(256)));
  }

  private static String topics(int count) {
    return IntStream.range(0, count).mapToObj(i -> "topic=t" + i).collect(joining("&"));
  }
}
