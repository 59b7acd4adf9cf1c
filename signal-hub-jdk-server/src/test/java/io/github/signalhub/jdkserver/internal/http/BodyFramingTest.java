package io.github.signalhub.jdkserver.internal.http;

import static io.github.signalhub.jdkserver.internal.http.Wire.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyFramingTest {
  private static final long MAX_BODY_BYTES = 1000;

  private static BodyFraming framing(String fields) {
    return framing("1.1", fields);
  }

  private static BodyFraming framing(String version, String fields) {
    String wire = "POST / HTTP/" + version + "\r\nHost: h\r\n" + fields + "\r\n";
    RequestHead head = new RequestHeadParser(HttpLimits.DEFAULT).parse(bytes(wire));
    return BodyFraming.of(head, MAX_BODY_BYTES);
  }

  private static void refused(int status, String version, String fields) {
    assertThatExceptionOfType(HttpException.class)
        .isThrownBy(() -> framing(version, fields))
        .returns(status, HttpException::status);
  }

  @Nested
  class ContentLength {
    @Test
    void givesTheLength() {
      assertThat(framing("Content-Length: 1000\r\n"))
          .isEqualTo(new BodyFraming(false, 1000, false, MAX_BODY_BYTES));
    }

    @Test
    void missingMeansNoBody() {
      assertThat(framing("").isEmpty()).isTrue();
      assertThat(framing("").decoder().isFinished()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "Content-Length: 5\r\nContent-Length: 5\r\n",
          "Content-Length: 5, 5\r\n",
          "Content-Length: 5 ,\t005\r\ncontent-length: 5\r\n",
        })
    void mayBeRepeatedIdentically(String fields) {
      assertThat(framing(fields).length()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "Content-Length: 5\r\nContent-Length: 6\r\n",
          "Content-Length: 5, 6\r\n",
          "Content-Length: 0, 5\r\n",
          "Content-Length:\r\n",
          "Content-Length: 5,\r\n",
          "Content-Length: ,5\r\n",
          "Content-Length: +5\r\n",
          "Content-Length: -5\r\n",
          "Content-Length: 0x5\r\n",
          "Content-Length: 5 5\r\n",
          "Content-Length: 5;5\r\n",
          "Content-Length: \u00b2\r\n",
        })
    void thatCanBeMisunderstoodIsRefused(String fields) {
      refused(400, "1.1", fields);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"1001", "999999999999999999", "9223372036854775808", "99999999999999999999999"})
    void overTheLimitIsRefused(String length) {
      refused(413, "1.1", "Content-Length: " + length + "\r\n");
    }
  }

  @Nested
  class TransferEncoding {
    @ParameterizedTest
    @ValueSource(strings = {"chunked", "Chunked", "chunked ", "CHUNKED,"})
    void chunkedIsUnderstood(String coding) {
      BodyFraming framing = framing("Transfer-Encoding: " + coding + "\r\n");

      assertThat(framing).isEqualTo(new BodyFraming(true, -1, false, MAX_BODY_BYTES));
      assertThat(framing.isEmpty()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "Transfer-Encoding: gzip, chunked\r\n",
          "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: identity, chunked\r\n",
          "Transfer-Encoding: x;y=\"z\", chunked\r\n",
        })
    void ofAnotherCodingBeneathIsNotImplemented(String fields) {
      refused(501, "1.1", fields);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "Transfer-Encoding: gzip\r\n",
          "Transfer-Encoding: chunked, chunked\r\n",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: chunked, gzip\r\n",
          "Transfer-Encoding: identity\r\n",
          "Transfer-Encoding: xchunked\r\n",
          "Transfer-Encoding: \"chunked\"\r\n",
          "Transfer-Encoding: chunked;q=1\r\n",
          "Transfer-Encoding:\r\n",
        })
    void thatDoesNotEndInItsOnlyChunkedIsRefused(String fields) {
      refused(400, "1.1", fields);
    }

    @Test
    void besideContentLengthIsRefused() {
      refused(400, "1.1", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n");
      refused(400, "1.1", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n");
    }

    @Test
    void inHttp10IsRefused() {
      refused(400, "1.0", "Transfer-Encoding: chunked\r\n");
    }
  }

  @Nested
  class Expect {
    @Test
    void continueIsUnderstood() {
      assertThat(framing("Content-Length: 5\r\nExpect: 100-Continue\r\n").expectsContinue())
          .isTrue();
      assertThat(
              framing("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n").expectsContinue())
          .isTrue();
    }

    @Test
    void continueMeansNothingWithoutABodyOrInHttp10() {
      assertThat(framing("Expect: 100-continue\r\n").expectsContinue()).isFalse();
      assertThat(framing("1.0", "Content-Length: 5\r\nExpect: 100-continue\r\n").expectsContinue())
          .isFalse();
    }

    @Test
    void anythingElseFails() {
      refused(417, "1.1", "Expect: 200-ok\r\n");
      refused(417, "1.1", "Expect: 100-continue, more\r\n");
    }
  }
}
