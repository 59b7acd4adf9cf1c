package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompressorTest {
  private final PermessageDeflate deflate = new PermessageDeflate(0, 2);
  private final Compressor compressor = deflate.compressor(withWindow(15));
  private final Compressor huffman = deflate.compressor(withWindow(8));

  @AfterEach
  void close() {
    deflate.close();
  }

  @Nested
  class Payload {
    @Test
    void isThatOfTheRfcsExample() {
      byte[] compressed = compressor.compress(ascii("Hello"), 100);

      assertThat(Wire.hex(compressed)).isEqualTo("f248cdc9c90700"); // RFC 7692 §7.2.3.1
    }

    @Test
    void refersToNoEarlierMessage() {
      compressor.compress(ascii("Hello"), 100);

      assertThat(Wire.hex(compressor.compress(ascii("Hello"), 100))).isEqualTo("f248cdc9c90700");
    }

    @Test
    void ofNothingIsOneZeroByte() {
      assertThat(compressor.compress(new byte[0], 100)).containsExactly(0); // §7.2.3.6
      assertThat(compressor.compress(new byte[0], 100)).as("again").containsExactly(0);
      assertThat(huffman.compress(new byte[0], 100)).containsExactly(0);
    }

    @Test
    void isGivenUpWhereItWouldBeTooLong() {
      assertThat(compressor.compress(ascii("Hello"), 7)).hasSize(7);
      assertThat(compressor.compress(ascii("Hello"), 6)).isNull();
      assertThat(compressor.compress(new byte[0], -1)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 10, 11, 12, 13, 14, 15})
    void isInflatedToWhatItWas(int windowBits) throws Exception {
      Compressor compressor = deflate.compressor(withWindow(windowBits));
      Random random = new Random(windowBits);
      for (int length : new int[] {0, 1, 5, 511, 4096, 32_768, 65_535, 65_536, 300_000}) {
        for (int letters : new int[] {1, 20, 256}) {
          byte[] payload = random(random, length, letters);

          byte[] compressed = compressor.compress(payload, 2 * length + 100);

          assertThat(inflate(compressed, length)).isEqualTo(payload);
        }
      }
    }

    @Test
    void refersBackWhereTheWindowIsTheLargest() {
      byte[] payload = ascii("far ".repeat(10) + "x".repeat(30_000) + "far ".repeat(10));

      assertThat(DeflateBlocks.farthestReference(compressor.compress(payload, 40_000)))
          .isGreaterThan(30_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 14})
    void refersToNothingWhereTheWindowIsSmaller(int windowBits) {
      Compressor compressor = deflate.compressor(withWindow(windowBits));
      Random random = new Random(1);
      byte[] text = ascii("{\"type\":\"LEDGER_UPDATE\",\"payload\":{\"entry\":1}}".repeat(1000));

      byte[] compressed = compressor.compress(text, text.length);

      assertThat(DeflateBlocks.farthestReference(compressed)).isZero();
      assertThat(DeflateBlocks.types(compressed)).contains(2);
      assertThat(compressed).hasSizeLessThan(text.length * 3 / 4);
      for (int length : new int[] {0, 1, 100, 5000, 100_000}) {
        for (int letters : new int[] {1, 2, 256}) {
          byte[] any = compressor.compress(random(random, length, letters), 2 * length + 100);
          assertThat(DeflateBlocks.farthestReference(any)).isZero();
        }
      }
    }
  }

  @Nested
  class Frame {
    @Test
    void ofACompressedMessageHasItsFirstReservedBitSet() {
      byte[] text = compressor.text(ascii("a".repeat(100)));
      byte[] binary = compressor.binary(ascii("a".repeat(100)));

      assertThat(text[0]).isEqualTo((byte) 0xC1);
      assertThat(binary[0]).isEqualTo((byte) 0xC2);
      assertThat(text[1]).isEqualTo((byte) (text.length - 2));
      assertThat(text).hasSizeLessThan(12);
    }

    @Test
    void isPlainWhereCompressionSavesNothing() {
      assertThat(Wire.hex(compressor.text(ascii("Hello")))).isEqualTo("810548656c6c6f");
      assertThat(Wire.hex(compressor.binary(new byte[0]))).isEqualTo("8200");
      byte[] noise = random(new Random(7), 100_000, 256);
      assertThat(compressor.binary(noise)).isEqualTo(FrameEncoder.binary(noise));
    }

    @Test
    void isPlainWhereCompressionBreaksEven() {
      List<byte[]> even =
          IntStream.range(1, 100)
              .mapToObj(length -> ascii("abcdefgh".repeat(13).substring(0, length)))
              .filter(payload -> compressor.compress(payload, 200).length == payload.length)
              .toList();

      assertThat(even).isNotEmpty();
      assertThat(even).allSatisfy(payload -> assertThat(compressor.text(payload)).startsWith(0x81));
    }

    @Test
    void isPlainBelowTheThreshold() {
      PermessageDeflate deflate =
          new PermessageDeflate(PermessageDeflate.DEFAULT_THRESHOLD_BYTES, 1);
      Compressor compressor = deflate.compressor(withWindow(15));

      assertThat(compressor.text(ascii("a".repeat(511)))[0]).isEqualTo((byte) 0x81);
      assertThat(compressor.text(ascii("a".repeat(512)))[0]).isEqualTo((byte) 0xC1);
      deflate.close();
    }

    @Test
    void isMadeByOneCompressorForAllWhoCanShareIt() {
      assertThat(deflate.compressor(new DeflateParameters(false, OptionalInt.empty())))
          .isSameAs(compressor);
      assertThat(deflate.compressor(withWindow(14))).isSameAs(huffman).isNotSameAs(compressor);
    }

    @Test
    void isTheSameFromAnyThread() {
      byte[] payload = ascii("{\"n\":1}".repeat(1000));
      byte[] expected = compressor.text(payload);

      long different =
          IntStream.range(0, 500)
              .parallel()
              .filter(i -> !Arrays.equals(expected, compressor.text(payload)))
              .count();

      assertThat(different).isZero();
    }

    @Test
    void isStillMadeAfterClosing() {
      deflate.close();
      deflate.close();

      assertThat(compressor.text(ascii("a".repeat(600)))[0]).isEqualTo((byte) 0xC1);
    }
  }

  @Test
  void aNegativeThresholdIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PermessageDeflate(-1, 1))
        .withMessage("expected thresholdBytes of at least 0, was -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PermessageDeflate(0, -1))
        .withMessage("expected maxIdle of at least 0, was -1");
  }

  private static DeflateParameters withWindow(int bits) {
    return new DeflateParameters(true, OptionalInt.of(bits));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] random(Random random, int length, int letters) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) random.nextInt(letters);
    }
    return bytes;
  }

  private static byte[] inflate(byte[] compressed, int length) throws DataFormatException {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(Wire.join(compressed, Wire.bytes("0000ffff")));
      byte[] out = new byte[length + 1];
      int bytes = inflater.inflate(out);
      assertThat(inflater.needsInput()).isTrue();
      return Arrays.copyOf(out, bytes);
    } finally {
      inflater.end();
    }
  }
}
