package io.github.signalhub.internal.log;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageIdTest {
  @Test
  void isTheEpochInHexAndTheOffsetInDecimal() {
    assertThat(new MessageId(0xFEDC_BA98_0000_0001L, 42))
        .hasToString("fedcba9800000001-0000000000000042");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 9, 10, 999_999_999, (1L << 53) - 1})
  void isReadAsItWasWritten(long offset) {
    MessageId id = new MessageId(-1, offset);

    assertThat(MessageId.parse(id.toString())).contains(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "fedcba9800000001-000000000000004",
        "fedcba9800000001-00000000000000042",
        "fedcba9800000001_0000000000000042",
        "FEDCBA9800000001-0000000000000042",
        "fedcba980000000g-0000000000000042",
        "fedcba9800000001-00000000000000-2",
        "fedcba9800000001-000000000000004a",
        "fedcba9800000001-9007199254740992",
        "fedcba9800000001-٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠"
      })
  void anythingElseIsNoId(String text) {
    assertThat(MessageId.parse(text)).isEmpty();
  }

  @Test
  void digitsCountUpAsTheNumberDoes() {
    byte[] counted = new byte[MessageId.OFFSET_DIGITS];
    MessageId.writeOffset(0, counted);
    byte[] written = new byte[MessageId.OFFSET_DIGITS];

    for (long offset = 1; offset <= 110_000; offset++) {
      MessageId.incrementOffset(counted);
      MessageId.writeOffset(offset, written);
      assertThat(new String(counted, US_ASCII)).isEqualTo(new String(written, US_ASCII));
    }
  }

  @Test
  void droppedFloorIsTheHighestOfTheTopicsThatShareAHash() {
    DroppedFloors floors = new DroppedFloors();
    assertThat(floors.floor("Aa")).isZero();

    floors.raise("Aa", 7);
    floors.raise("BB", 5); // the same String.hashCode

    assertThat(floors.floor("Aa")).isEqualTo(7);
    assertThat(floors.floor("BB")).as("a gap too many, never one too few").isEqualTo(7);
    assertThat(floors.floor("other")).isZero();
  }
}
