package io.github.signalhub.jdkserver.internal.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.exchange.ExchangeChannel.Ending;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HubHttpExchangeTest {
  private static final String DATE = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
  private static final String GET = "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String OLD_GET = "GET / HTTP/1.0\r\n\r\n";
  private static final String HEAD = "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String POST = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";

  /** Returns a channel after the handler served the request without a failed assertion. */
  private static MemoryChannel served(String request, HttpHandler handler) {
    MemoryChannel channel = new MemoryChannel(request);
    serve(channel, handler);
    return channel;
  }

  private static void serve(MemoryChannel channel, HttpHandler handler) {
    AtomicBoolean completed = new AtomicBoolean();
    HubHttpServer server =
        new HubHttpServer(
            () -> MemoryChannel.LOCAL,
            Runnable::run,
            Optional.empty(),
            HubLogger.to(new LogRecorder()));
    server.createContext(
        "/",
        exchange -> {
          handler.handle(exchange);
          completed.set(true);
        });
    channel.serve(server);
    assertThat(completed).as("the handler came to its end").isTrue();
    assertThat(channel.endings).hasSize(1);
  }

  private static void body(HttpExchange exchange, String text) throws IOException {
    exchange.getResponseBody().write(text.getBytes(US_ASCII));
  }

  @Nested
  class Request {
    @Test
    void isSeenAsTheApiHasIt() {
      served(
          "POST /a%20b?q=%26 HTTP/1.1\r\nHost: h\r\nx-a: 1\r\nX-A: 2\r\n\r\n",
          exchange -> {
            assertThat(exchange.getRequestMethod()).isEqualTo("POST");
            assertThat(exchange.getRequestURI()).hasToString("/a%20b?q=%26");
            assertThat(exchange.getProtocol()).isEqualTo("HTTP/1.1");
            assertThat(exchange.getRequestHeaders().get("X-a")).containsExactly("1", "2");
            assertThat(exchange.getRequestHeaders().getFirst("HOST")).isEqualTo("h");
            assertThat(exchange.getRemoteAddress()).isEqualTo(MemoryChannel.REMOTE);
            assertThat(exchange.getLocalAddress()).isEqualTo(MemoryChannel.LOCAL);
            assertThat(exchange.getHttpContext().getPath()).isEqualTo("/");
            assertThat(exchange.getPrincipal()).isNull();
            assertThat(exchange.getResponseCode()).isEqualTo(-1);
            exchange.sendResponseHeaders(202, -1);
            assertThat(exchange.getResponseCode()).isEqualTo(202);
          });
    }

    @Test
    void headersHoldEveryCharacterThatHttpAllows() {
      StringBuilder text = new StringBuilder("a\t");
      for (char c = ' '; c <= '\u00ff'; c++) {
        text.append(c == '\u007f' ? "" : c);
      }

      served(
          "GET / HTTP/1.1\r\nHost: h\r\n!#$%&'*+-.^_`|~9: " + text + "\r\nEmpty:\r\n\r\n",
          exchange -> {
            assertThat(exchange.getRequestHeaders().getFirst("!#$%&'*+-.^_`|~9"))
                .isEqualTo(text.toString());
            assertThat(exchange.getRequestHeaders().getFirst("Empty")).isEmpty();
            exchange.sendResponseHeaders(200, -1);
          });
    }

    @Test
    void headersCannotBeChanged() {
      served(
          GET,
          exchange -> {
            Headers headers = exchange.getRequestHeaders();
            for (Runnable change :
                List.<Runnable>of(
                    () -> headers.add("A", "1"),
                    () -> headers.set("A", "1"),
                    () -> headers.put("A", List.of("1")),
                    () -> headers.remove("Host"),
                    () -> headers.clear(),
                    () -> headers.get("Host").add("1"),
                    () -> headers.keySet().clear(),
                    () -> headers.values().clear(),
                    () -> headers.entrySet().iterator().next().setValue(List.of()),
                    () -> headers.putAll(new Headers()))) {
              assertThatExceptionOfType(UnsupportedOperationException.class)
                  .isThrownBy(change::run);
            }
            exchange.sendResponseHeaders(200, -1);
          });
    }

    @Test
    void bodyIsReadToItsEnd() {
      MemoryChannel channel =
          served(
              POST + "GET",
              exchange -> {
                InputStream in = exchange.getRequestBody();
                assertThat(in.read()).isEqualTo('h');
                assertThat(in.readAllBytes()).asString().isEqualTo("ello");
                assertThat(in.read()).isEqualTo(-1);
                assertThat(in.available()).isZero();
                exchange.sendResponseHeaders(204, -1);
              });

      assertThat(channel.endings).containsExactly(Ending.REUSE);
      assertThat(channel.unread()).isEqualTo(3);
    }

    @Test
    void bodyIsReadInPartsOfAnyLength() {
      served(
          POST,
          exchange -> {
            InputStream in = exchange.getRequestBody();
            assertThat(in.readNBytes(0)).isEmpty();
            assertThat(in.readNBytes(2)).asString().isEqualTo("he");
            assertThat(in.readNBytes(3)).asString().isEqualTo("llo");
            assertThat(in.readNBytes(4)).isEmpty();
            assertThat(in.readAllBytes()).isEmpty();
            assertThatIllegalArgumentException().isThrownBy(() -> in.readNBytes(-1));
            exchange.sendResponseHeaders(204, -1);
          });
    }

    @Test
    void bodyThatEndsTooEarlyFailsItsReader() {
      MemoryChannel channel =
          served(
              POST.replace("hello", "hell"),
              exchange ->
                  assertThatIOException()
                      .isThrownBy(() -> exchange.getRequestBody().readAllBytes())
                      .withMessage("connection lost"));

      assertThat(channel.endings).containsExactly(Ending.ABORT);
    }

    @Test
    void chunkedBodyIsReadWithoutItsFraming() {
      served(
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
          exchange -> {
            assertThat(exchange.getRequestBody().readAllBytes()).asString().isEqualTo("abcde");
            exchange.sendResponseHeaders(204, -1);
          });
    }

    @Test
    void bodyCannotBeReadOnceClosed() {
      served(
          POST,
          exchange -> {
            InputStream in = exchange.getRequestBody();
            in.close();
            assertThatIOException().isThrownBy(in::read);
            assertThatIOException().isThrownBy(in::readAllBytes);
            exchange.sendResponseHeaders(204, -1);
          });
    }

    @Test
    void unreadBodyIsDiscardedSoThatTheNextRequestIsFound() {
      MemoryChannel channel = served(POST + "GET", e -> e.sendResponseHeaders(204, -1));

      assertThat(channel.endings).containsExactly(Ending.REUSE);
      assertThat(channel.unread()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"65536, REUSE, 0", "65537, CLOSE, 65537", "100000, CLOSE, 100000"})
    void unreadBodyIsDiscardedUpToABoundAndBeyondTheHeadSaysClose(
        int length, Ending ending, int unread) {
      MemoryChannel channel =
          served(
              "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: "
                  + length
                  + "\r\n\r\n"
                  + "x".repeat(length),
              e -> e.sendResponseHeaders(204, -1));

      assertThat(channel.endings).containsExactly(ending);
      assertThat(channel.unread()).isEqualTo(unread);
      assertThat(channel.response().contains("Connection: close\r\n"))
          .isEqualTo(ending == Ending.CLOSE);
    }

    @ParameterizedTest
    @CsvSource({"1, CLOSE", "2, REUSE", "65538, REUSE"})
    void longBodyThatIsReadButForItsLast64KibIsFollowed(int read, Ending ending) {
      String body = "x".repeat(65538);
      MemoryChannel channel =
          served(
              "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 65538\r\n\r\n" + body,
              exchange -> {
                exchange.getRequestBody().readNBytes(read);
                exchange.sendResponseHeaders(204, -1);
              });

      assertThat(channel.endings).containsExactly(ending);
      assertThat(channel.response().contains("Connection: close\r\n"))
          .isEqualTo(ending == Ending.CLOSE);
    }

    @Test
    void chunkedBodyWhoseLengthNobodyKnowsEndsTheConnectionUnlessItIsRead() {
      String request =
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";
      MemoryChannel unread = served(request, e -> e.sendResponseHeaders(204, -1));
      MemoryChannel read =
          served(
              request,
              exchange -> {
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(204, -1);
              });

      assertThat(unread.response()).contains("Connection: close\r\n");
      assertThat(unread.endings).containsExactly(Ending.CLOSE);
      assertThat(read.response()).doesNotContain("Connection");
      assertThat(read.endings).containsExactly(Ending.REUSE);
    }
  }

  @Nested
  class Continue {
    private static final String EXPECTING =
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello";

    @Test
    void isSentOnceAndOnlyWhenTheBodyIsRead() {
      MemoryChannel channel =
          served(
              EXPECTING,
              exchange -> {
                exchange.getRequestBody().available();
                assertThat(exchange.getRequestBody().read()).isEqualTo('h');
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(204, -1);
              });

      assertThat(channel.response())
          .isEqualTo("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n" + DATE + "\r\n");
      assertThat(channel.endings).containsExactly(Ending.REUSE);
    }

    @Test
    void leftOutEndsTheConnectionForTheBodyMayOrMayNotCome() {
      MemoryChannel channel =
          served(
              EXPECTING,
              exchange -> {
                exchange.sendResponseHeaders(403, -1);
                assertThatIOException().isThrownBy(() -> exchange.getRequestBody().read());
              });

      assertThat(channel.response())
          .isEqualTo(
              "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-length: 0\r\n"
                  + DATE
                  + "\r\n");
      assertThat(channel.endings).containsExactly(Ending.CLOSE);
      assertThat(channel.unread()).isEqualTo(5);
    }
  }

  @Nested
  class Response {
    @Test
    void ofKnownLengthIsOneWrite() {
      MemoryChannel channel =
          served(
              GET,
              exchange -> {
                exchange.getResponseHeaders().add("X-B", "2");
                exchange.getResponseHeaders().add("X-B", "3");
                exchange.getResponseHeaders().set("Content-Type", "text/plain");
                exchange.sendResponseHeaders(200, 5);
                body(exchange, "he");
                body(exchange, "llo");
                exchange.close();
              });

      assertThat(channel.writes)
          .containsExactly(
              "HTTP/1.1 200 OK\r\nContent-length: 5\r\nContent-type: text/plain\r\n"
                  + DATE
                  + "X-b: 2\r\nX-b: 3\r\n\r\nhello");
      assertThat(channel.endings).containsExactly(Ending.REUSE);
    }

    @Test
    void ofUnknownLengthIsChunkedAndItsHeadGoesOutAtOnce() {
      MemoryChannel channel =
          served(
              GET,
              exchange -> {
                exchange.sendResponseHeaders(200, 0);
                OutputStream out = exchange.getResponseBody();
                out.write('a');
                body(exchange, "bc");
                out.flush();
                out.flush();
                body(exchange, "x".repeat(ResponseBody.BUFFER_BYTES));
                body(exchange, "de");
                out.close();
              });

      assertThat(channel.writes)
          .containsExactly(
              "HTTP/1.1 200 OK\r\n" + DATE + "Transfer-encoding: chunked\r\n\r\n",
              "3\r\nabc\r\n",
              "2000\r\n" + "x".repeat(8192) + "\r\n",
              "2\r\nde\r\n0\r\n\r\n");
      assertThat(channel.endings).containsExactly(Ending.REUSE);
    }

    @Test
    void ofUnknownLengthToAnHttp10ClientEndsWithTheConnection() {
      MemoryChannel channel =
          served(
              OLD_GET,
              exchange -> {
                exchange.sendResponseHeaders(200, 0);
                body(exchange, "abc");
                exchange.close();
              });

      assertThat(channel.response())
          .isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n" + DATE + "\r\nabc");
      assertThat(channel.endings).containsExactly(Ending.CLOSE);
    }

    @Test
    void toAnHttp10ClientKeepsTheConnectionIfAsked() {
      MemoryChannel channel =
          served(
              "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
              exchange -> exchange.sendResponseHeaders(200, -1));

      assertThat(channel.response())
          .isEqualTo(
              "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-length: 0\r\n" + DATE + "\r\n");
      assertThat(channel.endings).containsExactly(Ending.REUSE);
    }

    @Test
    void withoutBodySaysSoAndGoesOutAtOnce() {
      MemoryChannel channel = new MemoryChannel(GET);
      serve(
          channel,
          exchange -> {
            exchange.sendResponseHeaders(200, -1);
            assertThat(channel.response())
                .isEqualTo("HTTP/1.1 200 OK\r\nContent-length: 0\r\n" + DATE + "\r\n");
            body(exchange, "");
            exchange.getResponseBody().flush();
            assertThatIOException().isThrownBy(() -> body(exchange, "x"));
          });

      assertThat(channel.endings).containsExactly(Ending.REUSE);
    }

    @ParameterizedTest
    @CsvSource({"204, 5", "204, -1", "304, -1", "304, 0"})
    void ofABodylessStatusHasNeitherLengthNorBody(int status, long length) {
      MemoryChannel channel =
          served(
              GET,
              exchange -> {
                exchange.sendResponseHeaders(status, length);
                assertThatIOException().isThrownBy(() -> body(exchange, "x"));
              });

      assertThat(channel.response()).endsWith("\r\n" + DATE + "\r\n").doesNotContain("ength");
      assertThat(channel.endings).containsExactly(Ending.REUSE);
    }

    @Test
    void toHeadHasTheHeadersOfGetButNoBody() {
      MemoryChannel channel =
          served(
              HEAD,
              exchange -> {
                exchange.sendResponseHeaders(200, 5);
                body(exchange, "hello");
              });

      assertThat(channel.response())
          .isEqualTo("HTTP/1.1 200 OK\r\nContent-length: 5\r\n" + DATE + "\r\n");
      assertThat(channel.endings).containsExactly(Ending.REUSE);
    }

    @Test
    void toHeadTellsTheLengthThatTheHandlerSet() {
      MemoryChannel channel =
          served(
              HEAD,
              exchange -> {
                exchange.getResponseHeaders().set("Content-Length", "7");
                exchange.sendResponseHeaders(200, -1);
              });

      assertThat(channel.response()).contains("Content-length: 7\r\n");
    }

    @Test
    void toHeadTellsNoLengthThatNobodyKnows() {
      MemoryChannel channel =
          served(
              HEAD,
              exchange -> {
                exchange.sendResponseHeaders(200, 0);
                body(exchange, "hello");
              });

      assertThat(channel.response()).isEqualTo("HTTP/1.1 200 OK\r\n" + DATE + "\r\n");
    }

    @Test
    void closesTheConnectionIfTheHandlerSaysSo() {
      MemoryChannel channel =
          served(
              GET,
              exchange -> {
                exchange.getResponseHeaders().set("Connection", "Close");
                exchange.sendResponseHeaders(204, -1);
              });

      assertThat(channel.response()).contains("Connection: close\r\n");
      assertThat(channel.endings).containsExactly(Ending.CLOSE);
    }

    @ParameterizedTest
    @CsvSource({
      "Upgrade, Upgrade",
      "'upgrade,x', 'upgrade, x'",
      "'Upgrade, Close', 'Upgrade, close'",
      "closed, closed"
    })
    void keepsTheHandlersOwnConnectionOptions(String own, String sent) {
      MemoryChannel channel =
          served(
              GET,
              exchange -> {
                exchange.getResponseHeaders().set("Connection", own);
                exchange.getResponseHeaders().set("Upgrade", "h2c");
                exchange.sendResponseHeaders(426, -1);
              });

      assertThat(channel.response())
          .startsWith("HTTP/1.1 426 Upgrade Required\r\nConnection: " + sent + "\r\n");
      assertThat(channel.endings)
          .containsExactly(sent.endsWith("close") ? Ending.CLOSE : Ending.REUSE);
    }

    @Test
    void framingHeadersOfAHandlerAreReplaced() {
      MemoryChannel channel =
          served(
              GET,
              exchange -> {
                exchange.getResponseHeaders().set("Transfer-Encoding", "chunked");
                exchange.getResponseHeaders().add("Content-Length", "99");
                exchange.getResponseHeaders().set("Date", "today");
                exchange.sendResponseHeaders(200, 1);
                body(exchange, "x");
              });

      assertThat(channel.response())
          .isEqualTo("HTTP/1.1 200 OK\r\nContent-length: 1\r\n" + DATE + "\r\nx");
    }

    @Test
    void headersAreSentOnlyOnce() {
      served(
          GET,
          exchange -> {
            exchange.sendResponseHeaders(200, 1);
            assertThatIOException()
                .isThrownBy(() -> exchange.sendResponseHeaders(200, 1))
                .withMessage("the response headers were sent already");
            body(exchange, "x");
          });
    }

    @Test
    void headersThatTheApplicationHasLockedHoldNoOtherThread() {
      MemoryChannel channel =
          served(
              GET,
              exchange -> {
                synchronized (exchange.getResponseHeaders()) {
                  CompletableFuture.runAsync(() -> replyEmpty(exchange))
                      .orTimeout(30, TimeUnit.SECONDS)
                      .join();
                }
              });

      assertThat(channel.response()).startsWith("HTTP/1.1 200 OK\r\n");
    }

    private void replyEmpty(HttpExchange exchange) {
      try {
        exchange.getResponseHeaders().set("X", "y");
        exchange.sendResponseHeaders(200, -1);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Test
    void headersThatWouldBreakTheirLineAreRefused() {
      MemoryChannel channel =
          served(
              GET,
              exchange -> {
                exchange.getResponseHeaders().set("X y", "1");
                assertThatIllegalArgumentException()
                    .isThrownBy(() -> exchange.sendResponseHeaders(200, -1));
                exchange.getResponseHeaders().remove("X y");
                exchange.getResponseHeaders().set("X", "a\u0000");
                assertThatIllegalArgumentException()
                    .isThrownBy(() -> exchange.sendResponseHeaders(200, -1));
                exchange.getResponseHeaders().remove("X");
                exchange.sendResponseHeaders(200, -1);
              });

      assertThat(channel.writes).hasSize(1);
      assertThat(channel.endings).containsExactly(Ending.REUSE);
    }

    @ParameterizedTest
    @CsvSource({"100, -1", "101, -1", "99, -1", "1000, -1", "200, -2"})
    void statusAndLengthMustMakeSense(int status, long length) {
      served(
          GET,
          exchange -> {
            assertThatIllegalArgumentException()
                .isThrownBy(() -> exchange.sendResponseHeaders(status, length));
            exchange.sendResponseHeaders(200, -1);
          });
    }

    @Test
    void bodyCannotBeWrittenBeforeTheHeaders() {
      served(
          GET,
          exchange -> {
            OutputStream out = exchange.getResponseBody();
            assertThatIOException().isThrownBy(() -> out.write(1));
            assertThatIOException().isThrownBy(out::flush);
            exchange.sendResponseHeaders(200, 1);
            assertThat(exchange.getResponseBody()).isSameAs(out);
            out.write('x');
          });
    }

    @Test
    void bodyCannotBeWrittenOnceClosed() {
      served(
          GET,
          exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().close();
            exchange.getResponseBody().close();
            assertThatIOException().isThrownBy(() -> body(exchange, "x"));
          });
    }

    @Test
    void moreThanDeclaredIsRefusedAndNotSent() {
      MemoryChannel channel =
          served(
              GET,
              exchange -> {
                exchange.sendResponseHeaders(200, 5);
                body(exchange, "hello");
                assertThatIOException()
                    .isThrownBy(() -> body(exchange, "!"))
                    .withMessage("expected no more than the declared 5 bytes");
              });

      assertThat(channel.response()).endsWith("\r\n\r\nhello");
      assertThat(channel.endings).containsExactly(Ending.REUSE);
    }

    @Test
    void lessThanDeclaredCutsTheConnection() {
      MemoryChannel channel =
          served(
              GET,
              exchange -> {
                exchange.sendResponseHeaders(200, 5);
                body(exchange, "hell");
                exchange.getResponseBody().flush();
                assertThatIOException().isThrownBy(() -> exchange.getResponseBody().close());
              });

      assertThat(channel.response()).endsWith("\r\n\r\nhell");
      assertThat(channel.endings).containsExactly(Ending.ABORT);
    }
  }

  @Nested
  class Close {
    @Test
    void withoutResponseCutsTheConnection() {
      MemoryChannel channel = served(POST, HttpExchange::close);

      assertThat(channel.response()).isEmpty();
      assertThat(channel.endings).containsExactly(Ending.ABORT);
    }

    @Test
    void endsEverythingAndCanBeRepeated() {
      served(
          POST,
          exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.close();
            exchange.close();
            assertThatIOException().isThrownBy(() -> exchange.getRequestBody().read());
            assertThatIOException().isThrownBy(() -> body(exchange, "x"));
            assertThatIOException().isThrownBy(() -> exchange.sendResponseHeaders(200, -1));
          });
    }

    @Test
    void ofTheResponsesBodyEndsTheExchange() {
      MemoryChannel channel =
          served(
              POST,
              exchange -> {
                exchange.sendResponseHeaders(200, 0);
                body(exchange, "abc");
                exchange.getResponseBody().close();
                assertThatIOException().isThrownBy(() -> exchange.getRequestBody().read());
              });

      assertThat(channel.response()).endsWith("\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
      assertThat(channel.endings).containsExactly(Ending.REUSE);
    }
  }

  @Nested
  class Streams {
    @Test
    void canBeReplacedByAFilter() {
      MemoryChannel channel =
          served(
              POST,
              exchange -> {
                InputStream in = new ByteArrayInputStream(new byte[] {'!'});
                OutputStream out = new BufferedOutputStream(exchange.getResponseBody());
                exchange.setStreams(in, null);
                exchange.setStreams(null, out);
                assertThat(exchange.getRequestBody()).isSameAs(in);
                assertThat(exchange.getResponseBody()).isSameAs(out);
                exchange.sendResponseHeaders(200, 3);
                body(exchange, "abc");
                exchange.close();
              });

      assertThat(channel.response()).endsWith("\r\n\r\nabc");
      assertThat(channel.endings).as("the request was discarded").containsExactly(Ending.REUSE);
    }

    @Test
    void thatFailToCloseLeaveTheResponseIncomplete() {
      MemoryChannel channel =
          served(
              GET,
              exchange -> {
                exchange.setStreams(
                    null,
                    new FilterOutputStream(exchange.getResponseBody()) {
                      @Override
                      public void close() throws IOException {
                        throw new IOException("no trailer");
                      }
                    });
                exchange.sendResponseHeaders(200, 0);
                body(exchange, "abc");
                exchange.close();
              });

      assertThat(channel.response()).doesNotContain("0\r\n\r\n");
      assertThat(channel.endings).containsExactly(Ending.ABORT);
    }
  }

  @Nested
  class Attributes {
    @Test
    void areThoseOfTheExchangeAndBehindThemThoseOfTheContext() {
      HubHttpServer server =
          new HubHttpServer(
              () -> MemoryChannel.LOCAL,
              Runnable::run,
              Optional.empty(),
              HubLogger.to(new LogRecorder()));
      server
          .createContext(
              "/",
              exchange -> {
                String seen = "" + exchange.getAttribute("a") + exchange.getAttribute("b");
                exchange.setAttribute("a", "own");
                exchange.setAttribute("b", "own");
                seen += exchange.getAttribute("a");
                exchange.setAttribute("a", null);
                seen += exchange.getAttribute("a");
                exchange.sendResponseHeaders(200, seen.length());
                body(exchange, seen);
              })
          .getAttributes()
          .put("a", "shared");

      String first = new MemoryChannel(GET).serve(server);
      String second = new MemoryChannel(GET).serve(server);

      assertThat(first).endsWith("\r\n\r\nsharednullownshared");
      assertThat(second).isEqualTo(first);
    }
  }
}
