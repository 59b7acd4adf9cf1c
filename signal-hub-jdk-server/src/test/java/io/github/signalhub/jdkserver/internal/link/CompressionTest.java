package io.github.signalhub.jdkserver.internal.link;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.internal.ws.DeflateParameters;
import io.github.signalhub.spi.WireForm;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which frames messages become, of whatever kind and length. */
class CompressionTest {
  private static final int THRESHOLD = 512;
  private static final int QUICK = 64 << 10;

  private final Compression compression = new Compression(OptionalInt.of(THRESHOLD), 2, 0);

  @AfterEach
  void close() {
    assertThat(compression.lent()).isZero();
    compression.close();
  }

  /** The first byte: 0x81 and 0x82 are plain texts and binary messages; 0x40 marks compressed. */
  @Nested
  class Messages {
    @ParameterizedTest
    @ValueSource(ints = {9, 10, 11, 12, 13, 14, 15})
    void ofBothKindsAreCompressedByTheSameRules(int windowBits) {
      FrameForm texts = form(windowBits);
      assertRules(texts, 0x81);
      assertRules(texts.binary(), 0x82);
    }

    private void assertRules(WireForm form, int plain) {
      assertThat(form.encode(text(THRESHOLD - 1))).startsWith(plain);
      for (int length : new int[] {THRESHOLD, QUICK, QUICK + 1, 1 << 20}) {
        byte[] message = text(length);
        assertThat(form.encode(message)).startsWith(plain | 0x40).hasSizeLessThan(length / 2);
        assertThat(form.isSlow(message)).isEqualTo(length > QUICK);
        assertThat(form.encodeQuickly(message)).startsWith(length > QUICK ? plain : plain | 0x40);
      }
    }

    @Test
    void ofBothKindsArePlainForClientsThatAgreedOnNothing() {
      FrameForm texts = compression.form(Optional.empty());

      assertThat(texts.encode(text(1 << 20))).startsWith(0x81);
      assertThat(texts.binary().encode(text(1 << 20))).startsWith(0x82);
      assertThat(texts.isSlow(text(1 << 20))).isFalse();
      assertThat(compression.compressions()).isZero();
    }

    @Test
    void belowAThresholdOverTheQuickLengthAreNotSlow() {
      Compression late = new Compression(OptionalInt.of(100_000), 2, 0);
      FrameForm texts = late.form(agreed(15));

      assertThat(texts.isSlow(text(99_999))).isFalse();
      assertThat(texts.encode(text(99_999))).startsWith(0x81);
      assertThat(texts.isSlow(text(100_000))).isTrue();
      assertThat(texts.encode(text(100_000))).startsWith(0xC1);
    }
  }

  @Nested
  class Forms {
    @ParameterizedTest
    @CsvSource({"8, 8", "9, 9", "10, 10", "11, 11", "12, 11", "13, 11", "14, 11", "15, 15"})
    void areSharedByAllClientsThatCanReadThem(int windowBits, int window) {
      assertThat(form(windowBits)).isSameAs(form(window));
    }

    @Test
    void forTheSmallestWindowArePlain() {
      assertThat(form(8)).isSameAs(compression.form(Optional.empty()));
    }

    /** The bytes that tables count for a message: {@code HubBuilder.maxTableBytes}. */
    @ParameterizedTest
    @ValueSource(ints = {1, 20, 64, 90, 256})
    void ofOneMessageTogetherAreAtMostThreeTimesItsLength(int letters) {
      for (int length : new int[] {600, 1025, 5_000, 60_000}) {
        byte[] message = random(length, letters);

        long bytes = // equal frames are kept once
            java.util.stream.IntStream.rangeClosed(8, 15)
                .mapToObj(
                    bits ->
                        new String(
                            form(bits).encode(message),
                            java.nio.charset.StandardCharsets.ISO_8859_1))
                .distinct()
                .mapToInt(String::length)
                .sum();

        assertThat(bytes).isLessThan(3L * length + 10);
      }
    }
  }

  private FrameForm form(int windowBits) {
    return compression.form(agreed(windowBits));
  }

  private static Optional<DeflateParameters> agreed(int windowBits) {
    return Optional.of(new DeflateParameters(false, OptionalInt.of(windowBits)));
  }

  private static byte[] text(int length) {
    return "{\"entry\":1,\"sum\":100}"
        .repeat(length / 21 + 1)
        .substring(0, length)
        .getBytes(US_ASCII);
  }

  private static byte[] random(int length, int letters) {
    Random random = new Random(length);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) random.nextInt(letters);
    }
    return bytes;
  }
}
