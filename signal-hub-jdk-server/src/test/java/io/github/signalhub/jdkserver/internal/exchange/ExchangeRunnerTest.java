package io.github.signalhub.jdkserver.internal.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.exchange.ExchangeChannel.Ending;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExchangeRunnerTest {
  private static final String POST =
      "POST /secret HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";

  private final LogRecorder log = new LogRecorder();
  private final HubHttpServer server =
      new HubHttpServer(() -> MemoryChannel.LOCAL, Runnable::run, HubLogger.to(log));

  private static void reply(HttpExchange exchange, String text) throws IOException {
    exchange.sendResponseHeaders(200, text.length());
    exchange.getResponseBody().write(text.getBytes(US_ASCII));
    exchange.close();
  }

  private static HttpHandler replying(String text) {
    return exchange -> reply(exchange, text);
  }

  private MemoryChannel served(String request, HttpHandler handler) {
    server.createContext("/", handler);
    MemoryChannel channel = new MemoryChannel(request);
    channel.serve(server);
    assertThat(channel.endings).hasSize(1);
    return channel;
  }

  private void warned(Class<? extends Throwable> cause) {
    assertThat(log.lines).hasSize(1);
    LogRecorder.Line warning = log.lines.get(0);
    assertThat(warning.level()).isEqualTo(Level.WARNING);
    assertThat(warning.message()).isEqualTo("The handler of / failed");
    assertThat(warning.cause()).isInstanceOf(cause);
  }

  @Test
  void failureBeforeAnyResponseIs500AndLeavesTheConnection() {
    MemoryChannel channel =
        served(
            POST,
            exchange -> {
              exchange.getResponseHeaders().set("X", "of the failed handler");
              throw new IllegalStateException("bug");
            });

    assertThat(channel.response())
        .isEqualTo(
            "HTTP/1.1 500 Internal Server Error\r\nContent-length: 22\r\n"
                + "Content-type: text/plain; charset=utf-8\r\n"
                + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\nInternal Server Error\n");
    assertThat(channel.endings).containsExactly(Ending.REUSE);
    warned(IllegalStateException.class);
  }

  @Test
  void failureBeforeABodyThatWasNeverAskedForIs500AndClosesTheConnection() {
    MemoryChannel channel =
        served(
            POST.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"),
            exchange -> {
              throw new IOException("bug");
            });

    assertThat(channel.response())
        .startsWith("HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\n");
    assertThat(channel.endings).containsExactly(Ending.CLOSE);
    warned(IOException.class);
  }

  @Test
  void errorIsAnsweredToo() {
    MemoryChannel channel =
        served(
            POST,
            exchange -> {
              throw new StackOverflowError();
            });

    assertThat(channel.response()).startsWith("HTTP/1.1 500 ");
    warned(StackOverflowError.class);
  }

  @Test
  void failureBehindAHeadThatStillWaitsIs500() {
    MemoryChannel channel =
        served(
            POST,
            exchange -> {
              exchange.sendResponseHeaders(200, 10);
              exchange.getResponseBody().write('x');
              throw new IOException("bug");
            });

    assertThat(channel.response())
        .startsWith("HTTP/1.1 500 ")
        .endsWith("\r\n\r\nInternal Server Error\n");
    assertThat(channel.endings).containsExactly(Ending.REUSE);
    warned(IOException.class);
  }

  @Test
  void failureWithinAResponseCutsTheConnection() {
    MemoryChannel channel =
        served(
            POST,
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().write('x');
              throw new IOException("bug");
            });

    assertThat(channel.response()).doesNotContain("500").doesNotContain("0\r\n\r\n");
    assertThat(channel.endings).containsExactly(Ending.ABORT);
    warned(IOException.class);
  }

  @Test
  void writingLessThanDeclaredCutsTheConnection() {
    MemoryChannel channel =
        served(
            POST,
            exchange -> {
              exchange.sendResponseHeaders(200, 10);
              exchange.getResponseBody().write('x');
            });

    assertThat(channel.endings).containsExactly(Ending.ABORT);
    assertThat(log.lines)
        .containsExactly(
            new LogRecorder.Line(
                Level.WARNING, "The handler of / left its response incomplete; cut it", null));
  }

  @Test
  void failureBehindACompleteResponseHarmsNothing() {
    MemoryChannel channel =
        served(
            POST,
            exchange -> {
              reply(exchange, "done");
              throw new IllegalStateException("bug");
            });

    assertThat(channel.response()).endsWith("\r\n\r\ndone");
    assertThat(channel.endings).containsExactly(Ending.REUSE);
    warned(IllegalStateException.class);
  }

  @Test
  void noAnswerIs500() {
    MemoryChannel channel = served(POST, exchange -> {});

    assertThat(channel.response()).startsWith("HTTP/1.1 500 ");
    assertThat(channel.endings).containsExactly(Ending.REUSE);
    warned(IllegalStateException.class);
  }

  @Test
  void closingWithoutAnswerCutsTheConnectionQuietly() {
    MemoryChannel channel = served(POST, HttpExchange::close);

    assertThat(channel.response()).isEmpty();
    assertThat(channel.endings).containsExactly(Ending.ABORT);
    assertThat(log.lines).isEmpty();
  }

  @Test
  void lostConnectionIsNoWarning() {
    server.createContext("/", replying("x"));
    MemoryChannel channel = new MemoryChannel(POST);
    channel.failFromWrite = 0;

    channel.serve(server);

    assertThat(channel.endings).containsExactly(Ending.ABORT);
    assertThat(log.levels()).containsExactly(Level.DEBUG);
  }

  @Test
  void connectionLostMidwayIsCut() {
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(new byte[10_000]);
        });
    MemoryChannel channel = new MemoryChannel(POST);
    channel.failFromWrite = 1;

    channel.serve(server);

    assertThat(channel.writes).hasSize(1);
    assertThat(channel.endings).containsExactly(Ending.ABORT);
    assertThat(log.levels()).containsExactly(Level.DEBUG);
  }

  @Test
  void unacceptableBodyIsAnsweredAsItDeserves() {
    MemoryChannel channel =
        served(
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nsecret",
            exchange -> exchange.getRequestBody().readAllBytes());

    assertThat(channel.response())
        .startsWith("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n")
        .endsWith("\r\n\r\nexpected a chunk size (RFC 9112 §7.1)\n".replace("§", "\u00c2\u00a7"));
    assertThat(channel.endings).containsExactly(Ending.CLOSE);
    assertThat(log.levels()).containsExactly(Level.DEBUG);
    assertThat(log.lines.get(0).message()).doesNotContain("secret");
  }

  @Test
  void unacceptableBodyIsAnsweredEvenIfTheHandlerHidesIt() {
    MemoryChannel channel =
        served(
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n",
            exchange -> {
              try {
                exchange.getRequestBody().read();
              } catch (IOException e) {
                return;
              }
            });

    assertThat(channel.response()).startsWith("HTTP/1.1 413 Content Too Large\r\n");
    assertThat(channel.endings).containsExactly(Ending.CLOSE);
  }

  @Test
  void peerThatLeavesWithinItsBodyCutsTheConnection() {
    MemoryChannel channel =
        served(
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe",
            exchange -> exchange.getRequestBody().readAllBytes());

    assertThat(channel.response()).isEmpty();
    assertThat(channel.endings).containsExactly(Ending.ABORT);
    assertThat(log.levels()).containsExactly(Level.DEBUG);
  }

  @Test
  void threadLeftBehindHasNoWayIntoTheNextResponse() {
    List<OutputStream> kept = new ArrayList<>();
    MemoryChannel channel =
        served(
            POST,
            exchange -> {
              kept.add(exchange.getResponseBody());
              exchange.sendResponseHeaders(200, 0);
            });

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> kept.get(0).write(1));
    assertThat(channel.endings).containsExactly(Ending.REUSE);
  }
}
