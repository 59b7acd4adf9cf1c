package io.github.signalhub.jdkserver.internal.http;

import static io.github.signalhub.jdkserver.internal.http.Wire.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.jdkserver.internal.http.ResponseFraming.Body;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseTest {
  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static RequestHead request(String method, String version, String fields) {
    String wire = method + " / HTTP/" + version + "\r\nHost: h\r\n" + fields + "\r\n";
    return new RequestHeadParser(HttpLimits.DEFAULT).parse(bytes(wire));
  }

  @Nested
  class Head {
    @Test
    void isWrittenAsGiven() {
      byte[] head = new ResponseHead(200).field("A", "").field("b-c", "x\ty \u00e9").encode();

      assertThat(text(head)).isEqualTo("HTTP/1.1 200 OK\r\nA: \r\nb-c: x\ty \u00e9\r\n\r\n");
    }

    @Test
    void keepsTheSpaceBeforeAReasonThatNobodyKnows() {
      assertThat(text(new ResponseHead(599).encode())).isEqualTo("HTTP/1.1 599 \r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:", "a\r\nb", "\u00e9", "a\u0000"})
    void refusesWhatIsNoName(String name) {
      assertThatIllegalArgumentException().isThrownBy(() -> new ResponseHead(200).field(name, "x"));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"a\r\nSet-Cookie: x", "a\n", "\r", "\u0000", "\u007f", "\u20ac", "\u010a"})
    void refusesWhatIsNoValue(String value) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ResponseHead(200).field("A", value))
          .withMessageEndingWith("in the value of A");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 99, 1000})
    void refusesWhatIsNoStatus(int status) {
      assertThatIllegalArgumentException().isThrownBy(() -> new ResponseHead(status));
    }
  }

  @Nested
  class Ready {
    @Test
    void plainTextIsAWholeResponse() {
      byte[] whole = ResponseHead.plainText(400, "no \u00e9", "D", Map.of(), true);
      byte[] ofHead = ResponseHead.plainText(503, "no", "D", Map.of("Retry-After", "1"), false);

      assertThat(text(whole))
          .isEqualTo(
              "HTTP/1.1 400 Bad Request\r\nDate: D\r\nContent-Type: text/plain; charset=utf-8\r\n"
                  + "Content-Length: 6\r\nConnection: close\r\n\r\nno \u00c3\u00a9\n");
      assertThat(text(ofHead))
          .isEqualTo(
              "HTTP/1.1 503 Service Unavailable\r\nDate: D\r\n"
                  + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n"
                  + "Retry-After: 1\r\nConnection: close\r\n\r\n");
    }

    @Test
    void plainTextAddsItsCloseToAConnectionThatIsGiven() {
      byte[] answer = ResponseHead.plainText(426, "no", "D", Map.of("Connection", "Upgrade"), true);

      assertThat(text(answer))
          .containsOnlyOnce("Connection")
          .contains("Connection: Upgrade, close\r\n");
    }

    @Test
    void plainTextIsRefusedWhereThereIsNoBody() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ResponseHead.plainText(204, "", "D", Map.of(), true));
    }

    @Test
    void continueIsAnInterimResponse() {
      ByteBuffer response = ResponseHead.continueResponse();

      byte[] sent = new byte[response.remaining()];
      response.get(sent);
      assertThat(text(sent)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      assertThat(ResponseHead.continueResponse().remaining()).isEqualTo(25);
    }
  }

  @Nested
  class Framing {
    @ParameterizedTest
    @CsvSource({
      "GET,  1.1, 200,  5, FIXED,        5, true",
      "GET,  1.1, 200,  0, FIXED,        0, true",
      "GET,  1.1, 200, -1, CHUNKED,     -1, true",
      "GET,  1.0, 200, -1, UNTIL_CLOSE, -1, false",
      "GET,  1.0, 200,  5, FIXED,        5, true",
      "HEAD, 1.1, 200,  5, NONE,         5, true",
      "HEAD, 1.1, 200, -1, NONE,        -1, true",
      "HEAD, 1.0, 200, -1, NONE,        -1, true",
      "HEAD, 1.1, 204,  5, NONE,        -1, true",
      "GET,  1.1, 204,  5, NONE,        -1, true",
      "GET,  1.1, 101, -1, NONE,        -1, true",
      "GET,  1.1, 304,  5, NONE,         5, true",
      "GET,  1.1, 304,  0, NONE,        -1, true",
    })
    void followsMethodStatusAndVersion(
        String method,
        String version,
        int status,
        long length,
        Body body,
        long told,
        boolean keep) {
      RequestHead request = request(method, version, "Connection: keep-alive\r\n");

      ResponseFraming framing = ResponseFraming.of(request, status, length, true);

      assertThat(framing).isEqualTo(new ResponseFraming(body, told, keep, request.version()));
    }

    @Test
    void tellsWhatTheVersionDoesNotImply() {
      RequestHead modern = request("GET", "1.1", "");
      RequestHead old = request("GET", "1.0", "Connection: keep-alive\r\n");

      assertThat(ResponseFraming.of(modern, 200, 1, true).connection()).isEmpty();
      assertThat(ResponseFraming.of(modern, 200, 1, false).connection()).contains("close");
      assertThat(ResponseFraming.of(old, 200, 1, true).connection()).contains("keep-alive");
      assertThat(ResponseFraming.of(old, 200, 1, false).connection()).contains("close");
      assertThat(ResponseFraming.of(old, 200, -1, true).connection()).contains("close");
    }

    @Test
    void keepsNoConnectionThatTheClientCloses() {
      RequestHead closing = request("GET", "1.1", "Connection: close\r\n");

      assertThat(ResponseFraming.of(closing, 200, 1, true).keepAlive()).isFalse();
    }

    @Test
    void tellsALengthOnlyIfThereIsOne() {
      assertThat(ResponseFraming.of(request("GET", "1.1", ""), 200, 0, true).contentLength())
          .contains("0");
      assertThat(ResponseFraming.of(request("GET", "1.1", ""), 204, 0, true).contentLength())
          .isEmpty();
    }

    @Test
    void refusesANegativeLength() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ResponseFraming.of(request("GET", "1.1", ""), 200, -2, true));
    }
  }

  @Nested
  class Chunks {
    @Test
    void areSizeDataAndEnd() {
      ByteBuffer data = bytes("twenty-six bytes of a body");

      StringBuilder sent = new StringBuilder();
      for (ByteBuffer each : ChunkedEncoder.chunk(data)) {
        sent.append(StandardCharsets.ISO_8859_1.decode(each));
      }
      sent.append(StandardCharsets.ISO_8859_1.decode(ChunkedEncoder.last()));

      assertThat(sent).hasToString("1a\r\ntwenty-six bytes of a body\r\n0\r\n\r\n");
      assertThat(data.position()).isZero();
      assertThat(ChunkedEncoder.last().remaining()).isEqualTo(5);
    }

    @Test
    void areNeverEmpty() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ChunkedEncoder.chunk(ByteBuffer.allocate(0)));
    }
  }

  @Nested
  class Date {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "0 | Thu, 01 Jan 1970 00:00:00 GMT",
          "784111777 | Sun, 06 Nov 1994 08:49:37 GMT",
          "253402300799 | Fri, 31 Dec 9999 23:59:59 GMT",
        })
    void isImfFixdate(long epochSecond, String text) {
      assertThat(HttpDate.format(epochSecond)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 253_402_300_800L})
    void isRefusedOutsideFourDigitYears(long epochSecond) {
      assertThatIllegalArgumentException().isThrownBy(() -> HttpDate.format(epochSecond));
    }
  }
}
