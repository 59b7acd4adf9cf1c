package io.github.signalhub.jdkserver.internal.http;

import static io.github.signalhub.jdkserver.internal.http.Wire.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyDecoderTest {
  private static final int[] CHUNKS = {1, 2, 3, 7, 64 << 10};

  @Nested
  class FixedLength {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100})
    void endsAtItsLengthInAnyChunking(int chunk) {
      ByteBuffer wire = bytes("0123456789GET");
      BodyDecoder decoder = new FixedLengthDecoder(10);

      String body = Wire.decode(decoder, chunk, wire);

      assertThat(body).isEqualTo("0123456789");
      assertThat(decoder.isFinished()).isTrue();
      assertThat(wire.remaining()).isEqualTo(3);
    }

    @Test
    void isNotFinishedBefore() {
      BodyDecoder decoder = new FixedLengthDecoder(10);

      assertThat(Wire.decode(decoder, 100, bytes("012345678"))).isEqualTo("012345678");
      assertThat(decoder.isFinished()).isFalse();
    }

    @Test
    void stopsWhereThereIsNoRoom() {
      ByteBuffer wire = bytes("0123456789");
      BodyDecoder decoder = new FixedLengthDecoder(10);

      boolean finished = decoder.decode(wire, ByteBuffer.allocate(4));

      assertThat(finished).isFalse();
      assertThat(wire.position()).isEqualTo(4);
    }
  }

  @Nested
  class Chunked {
    private String decode(int chunk, String wire) {
      ByteBuffer in = bytes(wire + "GET");
      BodyDecoder decoder = new ChunkedDecoder(100);
      String body = Wire.decode(decoder, chunk, in);
      assertThat(decoder.isFinished()).isTrue();
      assertThat(in.remaining()).as("the next request is left").isEqualTo(3);
      return body;
    }

    /** Requires that the wire is refused at its last byte, in any chunking, and not before. */
    private void refused(int status, String wire) {
      for (int chunk : CHUNKS) {
        BodyDecoder decoder = new ChunkedDecoder(100);
        assertThatExceptionOfType(HttpException.class)
            .isThrownBy(() -> Wire.decode(decoder, chunk, bytes(wire)))
            .returns(status, HttpException::status);
        assertThatExceptionOfType(HttpException.class)
            .as("again")
            .isThrownBy(() -> decoder.decode(bytes("0"), ByteBuffer.allocate(1)))
            .returns(status, HttpException::status);
      }
      BodyDecoder before = new ChunkedDecoder(100);
      Wire.decode(before, 64 << 10, bytes(wire.substring(0, wire.length() - 1)));
      assertThat(before.isFinished()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100})
    void isDecodedAlikeInAnyChunking(int chunk) {
      String wire =
          "5\r\nhello\r\n1\r\n \r\n00B;a=b;c=\"d\"\r\nwide\r\nworld\r\n0\r\nT: x\r\nU:\r\n\r\n";

      assertThat(decode(chunk, wire)).isEqualTo("hello wide\r\nworld");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100})
    void canBeEmpty(int chunk) {
      assertThat(decode(chunk, "0\r\n\r\n")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100})
    void mayHaveWhitespaceBeforeAnExtension(int chunk) {
      assertThat(decode(chunk, "5 ;a\r\nhello\r\n0 \t ; b = c\r\n\r\n")).isEqualTo("hello");
    }

    @Test
    void readsHexadecimalInAnyCase() {
      assertThat(decode(100, "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n")).hasSize(20);
    }

    @Test
    void goesOnWithFramingWhenThereIsNoRoom() {
      ByteBuffer out = ByteBuffer.allocate(2);
      BodyDecoder decoder = new ChunkedDecoder(100);

      assertThat(decoder.decode(bytes("2\r\nab\r\n0\r\n\r\n"), out)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "\r",
          "5 \r", // whitespace before nothing
          "5 5",
          "\n",
          " ",
          "g",
          "-",
          ";",
          "5\n",
          "5\rx",
          "5;a\n",
          "5;\u0000",
          "5;a\rx",
          "2\r\nabc",
          "2\r\nab\n",
          "2\r\nab\rx",
          "2\r\nab\r\n\r",
          "0\r\n\n",
          "0\r\n\rx",
          "0\r\n:",
          "0\r\n ",
          "0\r\nT ",
          "0\r\nT\r",
          "0\r\nT: \u0001",
          "0\r\nT: x\n",
          "0\r\nT: x\rU",
          "0\r\nT: x\r\n "
        })
    void thatIsBrokenIsRefusedAtTheFirstWrongByte(String wire) {
      refused(400, wire);
    }

    @Test
    void sizeIsBounded() {
      refused(400, "0".repeat(ChunkedDecoder.MAX_SIZE_DIGITS + 1));
      refused(413, "fffffffffffffff\r\n");
    }

    @Test
    void extensionsAreBoundedOverAllChunks() {
      String half = "1;" + "e".repeat(ChunkedDecoder.MAX_EXTENSION_BYTES / 2 - 1) + "\r\nx\r\n";

      assertThat(decode(64 << 10, half + half + "0\r\n\r\n")).isEqualTo("xx");
      refused(400, half + half + "1;");
    }

    @Test
    void trailerIsBounded() {
      String fits = "0\r\n" + "T:" + "x".repeat(ChunkedDecoder.MAX_TRAILER_BYTES - 2);

      refused(431, fits + "x");
      refused(431, "0\r\n" + "T:\r\n".repeat(ChunkedDecoder.MAX_TRAILER_BYTES / 4) + "T");
    }

    @Test
    void bodyOfTheLimitIsAcceptedAndOneByteMoreRefused() {
      String hundred = "40\r\n" + "x".repeat(64) + "\r\n24\r\n" + "x".repeat(36) + "\r\n";

      assertThat(decode(64 << 10, hundred + "0\r\n\r\n")).hasSize(100);
      refused(413, hundred + "1\r\n");
      refused(413, "65\r\n");
    }
  }
}
