package io.github.signalhub.jdkserver.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.signalhub.jdkserver.Carrier;
import io.github.signalhub.jdkserver.EchoServer;
import io.github.signalhub.jdkserver.RawClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 9112 §2 to §7: requests that can be read in two ways are refused, and a request hidden in one
 * is never served.
 *
 * <p>In the tables {@code ~} stands for a space at the end of a value, {@code \r}, {@code \n},
 * {@code \t} and {@code \0} for themselves.
 */
@Timeout(60)
@ParameterizedClass
@EnumSource(Carrier.class)
class Rfc9112RequestsIT {
  @Parameter private Carrier carrier;

  private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";

  private static final List<String> served = new CopyOnWriteArrayList<>();
  private static EchoServer server;

  @BeforeParameterizedClassInvocation
  static void start(Carrier carrier) throws IOException {
    server =
        EchoServer.start(
            carrier,
            options ->
                options
                    .context("/", Rfc9112RequestsIT::answer)
                    .maxRequestHeadBytes(4_096)
                    .maxRequestBodyBytes(1_000));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    server.close();
  }

  @BeforeEach
  void forget() {
    served.clear();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    served.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    byte[] body = exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Nested
  class RequestLines {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            400 | GET  / HTTP/1.1
            400 | GET /  HTTP/1.1
            400 | GET\\t/ HTTP/1.1
            400 | GET / HTTP/1.1~
            400 | ~GET / HTTP/1.1
            400 | GET / http/1.1
            400 | GET / HTTP/1
            400 | GET / HTTP/11
            400 | GET / HTTP/1.1.1
            400 | GET / HTP/1.1
            400 | GET /
            400 | GET
            400 | / HTTP/1.1
            400 | G(T / HTTP/1.1
            400 | GET a HTTP/1.1
            400 | GET * HTTP/1.1
            400 | GET /#a HTTP/1.1
            400 | GET /"a HTTP/1.1
            400 | GET /?<a> HTTP/1.1
            400 | GET /{a} HTTP/1.1
            400 | GET /\\0 HTTP/1.1
            400 | GET /\u00fc HTTP/1.1
            400 | GET /\\r HTTP/1.1
            400 | GET /a\\nb HTTP/1.1
            400 | GET http:// HTTP/1.1
            400 | GET http://user@h/ HTTP/1.1
            400 | GET ftp://h/ HTTP/1.1
            400 | GET h:80 HTTP/1.1
            501 | CONNECT h:80 HTTP/1.1
            505 | GET / HTTP/2.0
            505 | GET / HTTP/3.0
            505 | GET / HTTP/0.9
            400 | PRI * HTTP/2.0
            """)
    void thatAreNoneAreRefused(int status, String line) throws Exception {
      assertRefused(status, unescape(line) + "\r\nHost: h\r\n\r\n", List.of());
    }

    @ParameterizedTest
    @CsvSource({
      "GET / HTTP/1.1, GET /",
      "GET http://h/a?b HTTP/1.1, GET /a?b",
      "get /a HTTP/1.1, get /a",
      "DELETE /a;b=c?d=%20&e HTTP/1.1, DELETE /a;b=c?d=%20&e",
      "OPTIONS * HTTP/1.1, OPTIONS *",
      "M-SEARCH / HTTP/1.1, M-SEARCH /",
      "GET / HTTP/1.2, GET /", // RFC 9110 §2.5
      "GET / HTTP/1.9, GET /",
    })
    void ofEveryFormReachAHandler(String line, String seen) throws Exception {
      try (RawClient client = server.connect()) {
        client.send("\r\n" + line + "\r\nHost: h\r\n\r\n"); // one empty line before: §2.2

        assertThat(client.readAnswer().status()).isIn(200, 404);
        assertThat(served).isSubsetOf(seen);
      }
    }

    @Test
    void ofAMethodLongerThanAnyAre501() throws Exception {
      assertRefused(501, "A".repeat(5_000) + " / HTTP/1.1\r\nHost: h\r\n\r\n", List.of());
    }

    @Test
    void thatAreTooLongAre414() throws Exception {
      assertRefused(414, "GET /" + "a".repeat(5_000) + " HTTP/1.1\r\nHost: h\r\n\r\n", List.of());
    }
  }

  @Nested
  class Fields {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "X : y",
          "X\\t: y",
          " X: y",
          "\\tX: y",
          "X y",
          ": y",
          "X\\0: y",
          "X: a\\0b",
          "X: a\\rb",
          "X: a\\nb",
          "X: \\x01",
          "X: \\x7f",
          "X(: y",
          "X: y\\r\\n folded",
          "X: y\\r\\n\\tfolded",
          "X: y\\n",
          "\\u00fc: y",
          "Host: h",
          "Host: other",
          "Content-Length: 5\\nX: y",
          "X: y\\r"
        })
    void thatBreakTheSyntaxAre400(String field) throws Exception {
      assertRefused(400, "GET / HTTP/1.1\r\nHost: h\r\n" + unescape(field) + "\r\n\r\n", List.of());
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "Host:\r\n",
          "Host: a b\r\n",
          "Host: a/b\r\n",
          "Host: h:x\r\n",
          "Host: [1:2:3]\r\n"
        })
    void withoutAHostAre400(String host) throws Exception {
      assertRefused(400, "GET / HTTP/1.1\r\n" + host + "\r\n", List.of());
    }

    @Test
    void mayHoldWhatTheRfcAllows() throws Exception {
      try (RawClient client = server.connect()) {
        client.send(
            "GET / HTTP/1.1\r\nhOST:\t[::1]:80 \r\nEmpty:\r\nX: \u00fc\t\"\\\r\n!#$%&'*+-.^_`|~: 1\r\n\r\n");

        assertThat(client.readAnswer().status()).isEqualTo(200);
      }
    }

    @Test
    void thatAreTooManyOrTooLongAre431() throws Exception {
      assertRefused(431, "GET / HTTP/1.1\r\nHost: h\r\nX: " + "y".repeat(3_000), List.of());
      assertRefused(431, "GET / HTTP/1.1\r\nHost: h\r\n" + "A: b\r\n".repeat(101), List.of());
      assertRefused(
          431,
          "GET / HTTP/1.1\r\nHost: h\r\n" + ("A: " + "b".repeat(1_000) + "\r\n").repeat(5),
          List.of());
    }
  }

  @Nested
  class Lengths {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        textBlock =
            """
            400 | Content-Length: 4\\r\\nTransfer-Encoding: chunked
            400 | Transfer-Encoding: chunked\\r\\nContent-Length: 4
            400 | Transfer-Encoding: chunked\\r\\nContent-Length: 0
            400 | Content-Length: 4\\r\\nContent-Length: 5
            400 | Content-Length: 4, 5
            400 | Content-Length: +4
            400 | Content-Length: -4
            400 | Content-Length: 0x4
            400 | Content-Length: 4 4
            400 | Content-Length: 4.0
            400 | Content-Length: ,
            400 | Content-Length: 4,
            400 | Content-Length:
            400 | Content-Length: four
            400 | Content-Length: 4;q=1
            413 | Content-Length: 1001
            413 | Content-Length: 9223372036854775807
            413 | Content-Length: 9223372036854775808
            413 | Content-Length: 18446744073709551620
            413 | Content-Length: 99999999999999999999999999999999999999
            400 | Transfer-Encoding: gzip
            400 | Transfer-Encoding: identity
            501 | Transfer-Encoding: gzip, chunked
            400 | Transfer-Encoding: chunked, gzip
            400 | Transfer-Encoding: chunked, chunked
            400 | Transfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked
            400 | Transfer-Encoding: xchunked
            400 | Transfer-Encoding: chunked;q=1
            400 | Transfer-Encoding: "chunked"
            400 | Transfer-Encoding:
            501 | Transfer-Encoding: gzip\\r\\nTransfer-Encoding: chunked
            400 | Transfer-Encoding: \\x0bchunked
            400 | Transfer-Encoding : chunked
            400 | Transfer-Encoding\\t: chunked
            400 | Transfer_Encoding: chunked\\r\\n Content-Length: 4
            417 | Content-Length: 4\\r\\nExpect: 200-ok
            """)
    void thatAreUnclearAreRefusedAndHideNothing(int status, String fields) throws Exception {
      for (String path : List.of("/", "/ws")) {
        String head = "POST " + path + " HTTP/1.1\r\nHost: h\r\n" + unescape(fields);
        assertRefused(status, head + "\r\n\r\n0\r\n\r\n" + HIDDEN, List.of());
      }
    }

    @Test
    void inHttp10HaveNoChunks() throws Exception {
      assertRefused(
          400,
          "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
          List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"4, 4", "004", "4\r\nContent-Length: 4"})
    void thatSayTheSameTwiceAreOne(String length) throws Exception {
      try (RawClient client = server.connect()) {
        client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: " + length + "\r\n\r\nbody");
        client.send("GET /b HTTP/1.1\r\nHost: h\r\n\r\n");

        assertThat(client.readAnswer().body()).isEqualTo("body");
        assertThat(client.readAnswer().status()).isEqualTo(200);
        assertThat(served).containsExactly("POST /a", "GET /b");
      }
    }
  }

  @Nested
  class Chunks {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "4\r\nbody\r\n0\r\n\r\n",
          "04\r\nbody\r\n000\r\n\r\n",
          "2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n",
          "4;a=b;c\r\nbody\r\n0;d=\"e\"\r\n\r\n",
          "4 ; a = b\r\nbody\r\n0\t;c\r\n\r\n", // RFC 9110 §5.6.3
          "4\r\nbody\r\n0\r\nTrailer: t\r\n\r\n"
        })
    void areJoined(String body) throws Exception {
      for (int chunk : new int[] {1, 1_000}) {
        try (RawClient client = server.connect()) {
          String wire = "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n" + body;
          client.sendInChunks(chunk, (wire + HIDDEN).getBytes(ISO_8859_1));

          assertThat(client.readAnswer().body()).isEqualTo("body");
          assertThat(client.readAnswer().status()).isEqualTo(200);
          assertThat(served).endsWith("POST /a", "GET /hidden");
        }
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "g\\r\\n",
          "-1\\r\\n",
          "+4\\r\\nbody\\r\\n0\\r\\n\\r\\n",
          "0x4\\r\\nbody\\r\\n",
          "4 x\\r\\nbody\\r\\n0\\r\\n\\r\\n",
          "\\r\\n",
          "4\\nbody\\n0\\n\\n",
          "4\\r\\nbodyX\\r\\n",
          "4\\r\\nbody0\\r\\n\\r\\n",
          "4\\rbody\\r\\n0\\r\\n\\r\\n",
          "4;\\n\\r\\nbody\\r\\n0\\r\\n\\r\\n",
          "4;\\0\\r\\nbody\\r\\n0\\r\\n\\r\\n",
          "4\\r\\nbody\\r\\n0\\r\\nBad Trailer: x\\r\\n\\r\\n",
          "4\\r\\nbody\\r\\n0\\r\\n folded\\r\\n\\r\\n",
          "4\\r\\nbody\\r\\n0\\n\\r\\n",
          "10000000000000004\\r\\nbody\\r\\n0\\r\\n\\r\\n",
          "fffffffffffffffff\\r\\n"
        })
    void thatBreakTheSyntaxHideNothing(String body) throws Exception {
      try (RawClient client = server.connect()) {
        client.send(
            "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                + unescape(body)
                + HIDDEN);

        String answers = client.readToEnd();

        assertThat(answers).matches("(?s)HTTP/1.1 (400|413) .*");
        assertThat(served).doesNotContain("GET /hidden");
      }
    }

    @Test
    void thatAreTooMuchAre413() throws Exception {
      try (RawClient client = server.connect()) {
        client.send("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.send(("64\r\n" + "x".repeat(100) + "\r\n").repeat(11) + "0\r\n\r\n" + HIDDEN);

        assertThat(client.readToEnd()).startsWith("HTTP/1.1 413 ");
        assertThat(served).doesNotContain("GET /hidden");
      }
    }
  }

  private static void assertRefused(int status, String request, List<String> seen)
      throws IOException {
    for (int chunk : new int[] {1, 1 << 20}) {
      try (RawClient client = server.connect()) {
        client.sendInChunks(chunk, request.getBytes(ISO_8859_1));

        assertThat(client.readAnswer().status()).isEqualTo(status);
        client.assertEnds();
        assertThat(served).isEqualTo(seen);
      } catch (java.net.SocketException e) {
        assertThat(chunk).as("the server does not read what it refused for ever").isEqualTo(1);
      }
    }
  }

  private static String unescape(String text) {
    return text.replace("\\r", "\r")
        .replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace("\\0", "\0")
        .replace("\\x01", "\1")
        .replace("\\x0b", "\13")
        .replace("\\x7f", "\177")
        .replace("\\u00fc", "\u00fc")
        .replaceAll("^~|~$", " ");
  }
}
