package io.github.signalhub.jdkserver.internal.http;

import static io.github.signalhub.jdkserver.internal.http.Wire.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadParserTest {
  private static final int WHOLE = Integer.MAX_VALUE;
  private static final String HOST = "Host: h\r\n";

  private final RequestHeadParser parser = new RequestHeadParser(HttpLimits.DEFAULT);

  private static RequestHead parse(String wire) {
    return Wire.parse(new RequestHeadParser(HttpLimits.DEFAULT), WHOLE, bytes(wire));
  }

  /** Requires that the wire is refused at the byte that shows the fault, and not before. */
  private static void refused(HttpLimits limits, int status, String wire) {
    for (int chunk : new int[] {1, 2, 3, 7, WHOLE}) {
      RequestHeadParser whole = new RequestHeadParser(limits);
      assertThatExceptionOfType(HttpException.class)
          .isThrownBy(() -> Wire.parse(whole, chunk, bytes(wire)))
          .returns(status, HttpException::status);
    }
    RequestHeadParser before = new RequestHeadParser(limits);
    assertThat(before.parse(bytes(wire.substring(0, wire.length() - 1)))).isNull();
  }

  private static void refused(int status, String wire) {
    refused(HttpLimits.DEFAULT, status, wire);
  }

  @Nested
  class Head {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, WHOLE})
    void isReadAlikeInAnyChunking(int chunk) {
      ByteBuffer wire =
          bytes(
              "POST /api/flows/7?x=%20y HTTP/1.1\r\nHost: localhost:8080\r\n"
                  + "X-Empty:\r\nX-Blank: \t \r\nX-Text: \t two words \t\r\nx-text:\u00e9\r\n\r\n"
                  + "BODY");

      RequestHead head = Wire.parse(parser, chunk, wire);

      assertThat(head.method()).isEqualTo("POST");
      assertThat(head.target()).isEqualTo("/api/flows/7?x=%20y");
      assertThat(head.version()).isEqualTo(HttpVersion.HTTP_1_1);
      assertThat(head.host()).isEqualTo("localhost:8080");
      assertThat(head.headers().first("x-empty")).contains("");
      assertThat(head.headers().first("X-BLANK")).contains("");
      assertThat(head.headers().all("X-Text")).containsExactly("two words", "\u00e9");
      assertThat(head.headers().size()).isEqualTo(5);
      assertThat(wire.remaining()).as("the body is left").isEqualTo(4);
    }

    @Test
    void keepsNamesAndOrderOfItsFields() {
      RequestHead head = parse("GET / HTTP/1.1\r\nb: 1\r\nHost: h\r\nA: 2\r\n\r\n");

      List<String> fields = new ArrayList<>();
      head.headers().forEach((name, value) -> fields.add(name + "=" + value));
      assertThat(fields).containsExactly("b=1", "Host=h", "A=2");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, WHOLE})
    void isFollowedByTheNextOne(int chunk) {
      ByteBuffer wire =
          bytes("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.0\r\nConnection: x\r\n\r\n");

      RequestHead first = Wire.parse(parser, chunk, wire);
      RequestHead second = Wire.parse(parser, chunk, wire);

      assertThat(first.path()).isEqualTo("/1");
      assertThat(second.path()).isEqualTo("/2");
      assertThat(second.version()).isEqualTo(HttpVersion.HTTP_1_0);
      assertThat(second.headers().contains("Host")).isFalse();
    }

    @Test
    void tellsWhetherItHasBegun() {
      assertThat(parser.isInsideHead()).isFalse();

      parser.parse(bytes("\r\n"));
      assertThat(parser.isInsideHead()).isTrue();

      parser.parse(bytes("GET / HTTP/1.0\r\n\r"));
      assertThat(parser.isInsideHead()).isTrue();

      parser.parse(bytes("\n"));
      assertThat(parser.isInsideHead()).isFalse();
    }

    @Test
    void tellsNothingOfItsContentsAsText() {
      RequestHead head = parse("GET /secret HTTP/1.1\r\nHost: h\r\nCookie: secret\r\n\r\n");

      assertThat(head.toString() + head.headers()).doesNotContain("secret");
    }
  }

  @Nested
  class EmptyLines {
    @Test
    void twoAreToleratedBeforeARequest() {
      assertThat(parse("\r\n\r\nGET / HTTP/1.1\r\n" + HOST + "\r\n")).isNotNull();
    }

    @Test
    void aThirdIsRefused() {
      refused(400, "\r\n\r\n\r");
    }

    @Test
    void areCountedAfreshForEveryRequest() {
      String request = "\r\n\r\nGET / HTTP/1.1\r\n" + HOST + "\r\n";
      ByteBuffer wire = bytes(request + request);

      assertThat(Wire.parse(parser, WHOLE, wire)).isNotNull();
      assertThat(Wire.parse(parser, WHOLE, wire)).isNotNull();
    }
  }

  @Nested
  class RequestLine {
    @ParameterizedTest
    @ValueSource(
        strings = {
          " ", // no method
          "\n", // bare LF as empty line
          "\rG", // bare CR
          "G(", // no token
          "GET\t",
          "GET\r",
          "GET  ", // two spaces
          "GET /a\t",
          "GET /\u00e9", // not ASCII
          "GET /\u007f",
          "GET /a#", // a fragment
          "GET /a\r", // HTTP/0.9
          "GET / h", // versions are case-sensitive
          "GET / HTTP/x",
          "GET / HTTP/1,",
          "GET / HTTP/1.1 ",
          "GET / HTTP/1.1\n", // bare LF
          "GET / HTTP/1.1\rH", // bare CR
          "GET / HTTP/1.10",
        })
    void isRefusedAtItsFirstWrongByte(String wire) {
      refused(400, wire);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.0", "0.9", "3.1"})
    void ofAnotherVersionIsRefused(String version) {
      refused(505, "GET / HTTP/" + version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1", "1.2", "1.9"})
    void ofALaterMinorVersionIsReadAsThatOfTheNewestKnown(String version) {
      RequestHead head = parse("GET / HTTP/" + version + "\r\n" + HOST + "\r\n");

      assertThat(head.version()).isEqualTo(HttpVersion.HTTP_1_1);
    }
  }

  @Nested
  class Target {
    @ParameterizedTest
    @CsvSource({
      "/, /",
      "/a%20b, '/a b'",
      "/a/../b, /a/../b",
      "//evil.example/x, //evil.example/x",
      "///, ///",
      "//, //",
      "//?q, //",
      "/?//, /",
      "http://h:81/p?q, /p",
      "HTTPS://h, /",
      "http://h?q, /",
      "http://[::1]:8080//p, //p",
    })
    void givesAPathInEveryForm(String target, String path) {
      RequestHead head = parse("GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n");

      assertThat(head.path()).isEqualTo(path);
      assertThat(head.uri().isAbsolute()).isFalse();
      assertThat(head.uri().getRawAuthority()).isNull();
      assertThat(head.target()).isEqualTo(target);
    }

    @Test
    void keepsItsQuery() {
      RequestHead head = parse("GET http://h?a=%26&b HTTP/1.1\r\n" + HOST + "\r\n");

      assertThat(head.uri().getRawQuery()).isEqualTo("a=%26&b");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = ' ',
        quoteCharacter = '~',
        value = {
          "/ws?room=a|b /ws?room=a%7Cb",
          "/ws?|{}^\\` /ws?%7C%7B%7D%5E%5C%60",
          "/ws?a[]=1&'(*)!$+,;:@/?=- /ws?a[]=1&'(*)!$+,;:@/?=-",
          "/ws?a=100% /ws?a=100%25",
          "/ws?%zz%4 /ws?%25zz%254",
          "/ws?%7c%7C|%25 /ws?%7c%7C%7C%25",
          "/a[b]|^c?[ /a%5Bb%5D%7C%5Ec?[",
          "/100% /100%25",
          "/%zz?%zz /%25zz?%25zz",
          "//[?| ////%5B?%7C",
          "http://h/[?| /%5B?%7C",
          "http://h?| /?%7C",
        })
    void ofABrowserIsEscapedWhereItsStandardDoesNot(String target, String uri) {
      RequestHead head = parse("GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n");

      assertThat(head.uri()).hasToString(uri);
      assertThat(head.target()).isEqualTo(target);
    }

    @Test
    void ofABrowserMeansTheSameEscaped() {
      RequestHead head = parse("GET /[a]%?q=|{}^\\`%41% HTTP/1.1\r\n" + HOST + "\r\n");

      assertThat(head.path()).isEqualTo("/[a]%");
      assertThat(head.uri().getQuery()).isEqualTo("q=|{}^\\`A%");
    }

    @Test
    void inAbsoluteFormOverridesHost() {
      RequestHead head = parse("GET http://real:81/ HTTP/1.1\r\nA: 1\r\nhost: other\r\n\r\n");

      assertThat(head.host()).isEqualTo("real:81");
      assertThat(head.headers().all("Host")).containsExactly("real:81");
      assertThat(head.headers().first("A")).contains("1");
    }

    @Test
    void canBeAnAsteriskForOptions() {
      RequestHead head = parse("OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n");

      assertThat(head.path()).isEqualTo("*");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "GET * ",
          "GET a/b ",
          "GET h:80 ",
          "GET ftp://h/ ",
          "GET http:/p ",
          "GET http:///p ",
          "GET http://user@h/ ",
          "GET http://h:99999/ ",
          "GET /{x} ",
          "GET /` ",
          "GET /\\x ",
          "GET /\"x ",
          "GET /?<x> ",
          "GET /?\" ",
        })
    void thatFitsNoFormIsRefused(String wire) {
      refused(400, wire);
    }

    @Test
    void ofConnectIsNotImplemented() {
      refused(501, "CONNECT h:443 ");
    }
  }

  @Nested
  class OtherProtocols {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "PROXY TCP4 ",
          "PROXY TCP6 ",
          "PROXY UNKNOWN\r",
        })
    void likeVersion1OfTheProxyProtocolAreNamed(String wire) {
      assertThat(refusal(wire))
          .isEqualTo(
              "the PROXY protocol (version 1) is not spoken here:"
                  + " have the proxy send X-Forwarded-For, or set proxyProtocol");
    }

    @Test
    void likeVersion2OfTheProxyProtocolAreNamed() {
      assertThat(refusal("\r\n\r\n\u0000"))
          .isEqualTo(
              "the PROXY protocol (version 2) is not spoken here:"
                  + " have the proxy send X-Forwarded-For, or set proxyProtocol");
    }

    @Test
    void likeTlsAreNamed() {
      assertThat(refusal("\u0016"))
          .isEqualTo("this is TLS where plain HTTP is spoken: use http: or ws:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "\r\n\u0000", "\r\n\u0016", "\r\n\r\n\u0016", "SSH-2.0 \r"})
    void thatAreNoneOfThemAreNot(String wire) {
      assertThat(refusal(wire)).startsWith("expected a ");
    }

    private static String refusal(String wire) {
      HttpException[] refused = {null};
      assertThatExceptionOfType(HttpException.class)
          .isThrownBy(() -> parse(wire))
          .satisfies(e -> refused[0] = e)
          .returns(400, HttpException::status);
      return refused[0].getMessage();
    }
  }

  @Nested
  class Fields {
    @ParameterizedTest
    @ValueSource(
        strings = {
          " ", // obs-fold, or white space before the first field
          "\t",
          ":", // no name
          "A\r",
          "A\n",
          "A ", // space before the colon
          "A\t",
          "A(",
          "A\u00e9",
          "A: x\n", // bare LF
          "A: x\rB", // bare CR
          "A: x\r\r",
          "A: \u0000",
          "A: \u0001",
          "A: x\u007f",
          "A: x\r\n ", // obs-fold
          "A: x\r\n\t",
          "A: x\r\n\n",
          "A: x\r\n\rB",
        })
    void areRefusedAtTheirFirstWrongByte(String fields) {
      refused(400, "GET / HTTP/1.1\r\n" + fields);
    }
  }

  @Nested
  class Host {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "h",
          "h:",
          "h:0",
          "h:65535",
          "a.b-c_d~e",
          "127.0.0.1:80",
          "[::1]",
          "[1::f]:8",
          "[1:2:3:4:5:6:7:8]",
          "[::ffff:127.0.0.1]",
          "%41"
        })
    void ofValidSyntaxIsAccepted(String host) {
      RequestHead head = parse("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

      assertThat(head.host()).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          ":80",
          "h:x",
          "h:65536",
          "h:99999999999",
          "h:1:2",
          "a b",
          "a,b",
          "u@h",
          "a/b",
          "[::1",
          "[]",
          "[::1]x",
          "[1]",
          "[::g]",
          "[1:2:3]",
          "[1::2::3]",
          "[12345::]",
          "[::1.2.3]",
          "[1:2:3:4:5:6:7:8:9]",
          "[fe80::1%eth0]",
          "[v1.a:b]", // RFC 3986 §3.2.2: an unknown kind of address
          "h\u00e9",
          "%4",
          "%zz",
          "h?"
        })
    void ofInvalidSyntaxIsRefused(String host) {
      refused(400, "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Host: a\r\nHost: a\r\n", "Host: a\r\nA: 1\r\nhOST: b\r\n"})
    void isRequiredExactlyOnce(String fields) {
      refused(400, "GET / HTTP/1.1\r\n" + fields + "\r\n");
    }

    @Test
    void mayBeMissingOnlyInHttp10() {
      assertThat(parse("GET / HTTP/1.0\r\n\r\n").host()).isEmpty();
      refused(400, "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n");
      refused(400, "GET / HTTP/1.0\r\nHost: a b\r\n\r\n");
    }
  }

  @Nested
  class Limits {
    private final HttpLimits limits = new HttpLimits(20, 12, 60, 3, 0);

    @Test
    void requestLineOfTheLimitIsAcceptedAndOneByteMoreRefused() {
      String line = "GET /" + "a".repeat(6) + " HTTP/1.1"; // 20 bytes

      RequestHeadParser exact = new RequestHeadParser(limits);
      assertThat(exact.parse(bytes(line + "\r\n" + HOST + "\r\n"))).isNotNull();
      refused(limits, 414, "GET /" + "a".repeat(16));
    }

    @Test
    void methodThatFillsTheLineIsNotImplemented() {
      refused(limits, 501, "A".repeat(21));
    }

    @Test
    void fieldLineOfTheLimitIsAcceptedAndOneByteMoreRefused() {
      String start = "GET / HTTP/1.1\r\n" + HOST;

      RequestHeadParser exact = new RequestHeadParser(limits);
      assertThat(exact.parse(bytes(start + "A: 345678901\r\n\r\n"))).isNotNull();
      refused(limits, 431, start + "A: 3456789012");
      refused(limits, 431, start + "A:" + " ".repeat(11));
      refused(limits, 431, start + "A".repeat(13));
    }

    @Test
    void headOfTheLimitIsAcceptedAndOneByteMoreRefused() {
      String start = "GET / HTTP/1.1\r\n" + HOST + "B: 45678901\r\nC: 4567"; // 45 bytes

      RequestHeadParser exact = new RequestHeadParser(limits);
      int padding = 60 - start.length() - 4;
      HttpLimits wideLines = new HttpLimits(20, 60, 60, 3, 0);
      RequestHeadParser wide = new RequestHeadParser(wideLines);
      assertThat(exact.parse(bytes(start + "\r\n\r\n"))).isNotNull();
      assertThat(wide.parse(bytes(start + "x".repeat(padding) + "\r\n\r\n"))).isNotNull();
      refused(wideLines, 431, start + "x".repeat(padding + 1) + "\r\n\r\n");
    }

    @Test
    void fieldsOfTheLimitAreAcceptedAndOneMoreRefused() {
      String start = "GET / HTTP/1.1\r\n" + HOST + "B:\r\nC:\r\n";

      assertThat(new RequestHeadParser(limits).parse(bytes(start + "\r\n"))).isNotNull();
      refused(limits, 431, start + "D");
    }

    @Test
    void countAfreshForEveryHead() {
      String request = "GET / HTTP/1.1\r\n" + HOST + "B:\r\nC:\r\n\r\n"; // 3 of these exceed 60
      RequestHeadParser reused = new RequestHeadParser(limits);

      for (int i = 0; i < 3; i++) {
        assertThat(reused.parse(bytes(request))).isNotNull();
      }
    }

    @Test
    void defaultsHold() {
      String start = "GET / HTTP/1.1\r\n" + HOST;
      refused(414, "GET /" + "a".repeat((8 << 10) - 4));
      refused(431, start + "A".repeat((8 << 10) + 1));
      refused(431, start + "A:\r\n".repeat(99) + "B");
    }
  }

  @Nested
  class Failure {
    @Test
    void isRepeatedForWhateverFollows() {
      ByteBuffer wire = bytes("G\u0000GET / HTTP/1.0\r\n\r\n");

      assertThatExceptionOfType(HttpException.class).isThrownBy(() -> parser.parse(wire));
      assertThatExceptionOfType(HttpException.class).isThrownBy(() -> parser.parse(wire));
      assertThat(wire.position()).as("after the wrong byte").isEqualTo(2);
    }

    @Test
    void saysNothingOfWhatWasSent() {
      assertThatExceptionOfType(HttpException.class)
          .isThrownBy(() -> parser.parse(bytes("GET secret HTTP/1.1\r\n")))
          .withMessage("expected a path or an http URI as target (RFC 9112 §3.2)");
    }
  }

  @Nested
  class KeepAlive {
    @ParameterizedTest
    @CsvSource({
      "1.1, x, true",
      "1.1, close, false",
      "1.1, 'x, Close', false",
      "1.1, keep-alive, true",
      "1.0, x, false",
      "1.0, Keep-Alive, true",
      "1.0, 'keep-alive, close', false",
    })
    void followsVersionAndConnectionField(String version, String connection, boolean kept) {
      RequestHead head =
          parse("GET / HTTP/" + version + "\r\n" + HOST + "Connection: " + connection + "\r\n\r\n");

      assertThat(head.keepAlive()).isEqualTo(kept);
    }
  }
}
