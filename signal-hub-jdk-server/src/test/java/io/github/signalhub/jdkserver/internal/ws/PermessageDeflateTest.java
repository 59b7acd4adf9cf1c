package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PermessageDeflateTest {
  private static final int LARGEST = PermessageDeflate.MAX_WINDOW_BITS;
  private static final byte[] FLOWS = ascii(flows(60_000));

  private final PermessageDeflate deflate = new PermessageDeflate(2);

  @AfterEach
  void close() {
    assertThat(deflate.lent()).isZero();
    deflate.close();
  }

  @Nested
  class Payload {
    @Test
    void isThatOfTheRfcsExample() {
      assertThat(Wire.hex(payload(ascii("Hello"), LARGEST, 100)))
          .isEqualTo("f248cdc9c90700"); // RFC 7692 §7.2.3.1
    }

    @Test
    void refersToNoEarlierMessage() {
      payload(ascii("Hello"), LARGEST, 100);

      assertThat(Wire.hex(payload(ascii("Hello"), LARGEST, 100))).isEqualTo("f248cdc9c90700");
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 12, 15})
    void ofNothingIsOneZeroByte(int windowBits) {
      assertThat(payload(new byte[0], windowBits, 100)).containsExactly(0); // §7.2.3.6
      assertThat(payload(new byte[0], windowBits, 100)).as("again").containsExactly(0);
    }

    @Test
    void isPlainWhereItWouldBeTooLong() {
      assertThat(frame(ascii("Hello"), LARGEST, 7)).startsWith(0xC1);
      assertThat(Wire.hex(frame(ascii("Hello"), LARGEST, 6))).isEqualTo("810548656c6c6f");
      assertThat(Wire.hex(frame(new byte[0], LARGEST, -1))).isEqualTo("8100");
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 10, 11, 12, 13, 14, 15})
    void isInflatedToWhatItWasAndStaysInItsWindow(int windowBits) throws Exception {
      Random random = new Random(windowBits);
      int window = 1 << windowBits;
      int[] lengths = {
        0, 1, 2, 5, window - 1, window, window + 1, 3 * window, 3 * window + 7, 65_536, 100_000
      };
      for (int length : lengths) {
        byte[] repeated = Arrays.copyOf(ascii("{\"entry\":1}".repeat(10_000)), length);
        byte[] flows = Arrays.copyOf(FLOWS, length);
        byte[] period = random(random, window, 256); // refers back exactly a window, if it may
        for (int i = 0; i < 5; i++) {
          byte[] payload =
              switch (i) {
                case 0 -> random(random, length, 1 + random.nextInt(3));
                case 1 -> random(random, length, 256);
                case 2 -> repeated;
                case 3 -> flows;
                default -> period(period, length);
              };

          byte[] compressed = payload(payload, windowBits, 2 * length + 100);

          assertThat(inflate(compressed, length)).isEqualTo(payload);
          assertThat(DeflateBlocks.farthestReference(compressed)).isLessThanOrEqualTo(window);
        }
      }
    }

    @Test
    void refersBackWhereTheWindowIsTheLargest() {
      byte[] payload = ascii("far ".repeat(10) + "x".repeat(30_000) + "far ".repeat(10));

      assertThat(DeflateBlocks.farthestReference(payload(payload, LARGEST, 40_000)))
          .isGreaterThan(30_000);
    }

    @ParameterizedTest
    @CsvSource({"9, 0.45", "10, 0.30", "11, 0.22", "15, 0.13"})
    void isMuchShorterThanJson(int windowBits, double ratio) {
      int bytes = payload(FLOWS, windowBits, FLOWS.length).length;

      assertThat(bytes).isLessThan((int) (ratio * FLOWS.length));
    }

    @Test
    void isTheSameForAllWindowsThatTheMessageFits() {
      byte[] payload = Arrays.copyOf(FLOWS, 512);

      assertThat(payload(payload, 9, 511)).isEqualTo(payload(payload, LARGEST, 511));
    }
  }

  @Nested
  class Frame {
    @Test
    void ofACompressedMessageHasItsFirstReservedBitSet() {
      byte[] payload = ascii("a".repeat(100));
      byte[] text = deflate.frame(FrameEncoder.TEXT, payload, LARGEST, 99);
      byte[] binary = deflate.frame(FrameEncoder.BINARY, payload, LARGEST, 99);

      assertThat(text[0]).isEqualTo((byte) 0xC1);
      assertThat(binary[0]).isEqualTo((byte) 0xC2);
      assertThat(text[1]).isEqualTo((byte) (text.length - 2));
      assertThat(text).hasSizeLessThan(12);
    }

    @Test
    void isPlainWhereCompressionSavesNothing() {
      byte[] noise = random(new Random(7), 100_000, 256);

      assertThat(frame(noise, LARGEST, 99_999))
          .isEqualTo(FrameEncoder.frame(FrameEncoder.TEXT, noise));
    }

    @Test
    void isTheSameFromAnyThread() {
      byte[] payload = ascii("{\"n\":1}".repeat(1000));
      byte[] expected = frame(payload, LARGEST, payload.length);

      long different =
          IntStream.range(0, 500)
              .parallel()
              .filter(i -> !Arrays.equals(expected, frame(payload, LARGEST, payload.length)))
              .count();

      assertThat(different).isZero();
    }

    @Test
    void isStillMadeAfterClosing() {
      deflate.close();
      deflate.close();

      assertThat(frame(ascii("a".repeat(600)), LARGEST, 599)).startsWith(0xC1);
    }
  }

  private byte[] frame(byte[] payload, int windowBits, int mostBytes) {
    return deflate.frame(FrameEncoder.TEXT, payload, windowBits, mostBytes);
  }

  /** Returns the payload of a frame that is compressed. */
  private byte[] payload(byte[] payload, int windowBits, int mostBytes) {
    byte[] frame = frame(payload, windowBits, mostBytes);
    assertThat(frame[0]).isEqualTo((byte) 0xC1);
    int header = frame[1] == 127 ? 10 : frame[1] == 126 ? 4 : 2;
    return Arrays.copyOfRange(frame, header, frame.length);
  }

  /** Returns messages like those of the example, with the randomness of real ids and times. */
  private static String flows(int bytes) {
    Random random = new Random(1);
    String[] status = {"STARTED", "NODE_COMPLETE", "FINISHED", "FAILED"};
    StringBuilder text = new StringBuilder("[");
    while (text.length() < bytes) {
      text.append("{\"type\":\"FLOW_STATUS\",\"payload\":{\"flowId\":");
      text.append(random.nextInt(100_000)).append(",\"status\":\"");
      text.append(status[random.nextInt(4)]).append("\",\"nodeId\":\"node-");
      text.append(random.nextInt(50)).append("\",\"timestamp\":\"2026-11-29T19:");
      text.append(10 + random.nextInt(49)).append(':').append(10 + random.nextInt(49));
      text.append('.').append(100 + random.nextInt(800)).append("Z\"}},");
    }
    return text.toString();
  }

  private static byte[] period(byte[] period, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = period[i % period.length];
    }
    return bytes;
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
