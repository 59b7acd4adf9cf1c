package io.github.signalhub.jdkserver.internal.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.exchange.ExchangeChannel.Ending;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExchangeRunnerTest {
  private static final String POST =
      "POST /secret HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";

  private final LogRecorder log = new LogRecorder();
  private final HubHttpServer server =
      new HubHttpServer(
          () -> MemoryChannel.LOCAL, Runnable::run, Optional.empty(), HubLogger.to(log));

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

  private void assertWarnedOnce(String message) {
    assertThat(log.lines)
        .filteredOn(line -> line.level() == Level.WARNING)
        .containsExactly(new LogRecorder.Line(Level.WARNING, message, null));
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
    assertThat(channel.refusals).containsExactly(500);
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
              exchange.close();
            });

    assertThat(channel.endings).containsExactly(Ending.ABORT);
    assertWarnedOnce("The handler of / left its response incomplete; cut it");
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

  @ParameterizedTest
  @ValueSource(longs = {0, 20_000})
  void writeThatLacksMemoryCutsTheConnectionThoughTheHandlerGoesOn(long length) {
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, length);
          byte[] half = new byte[10_000];
          try {
            exchange.getResponseBody().write(half);
            exchange.getResponseBody().write(half);
          } catch (OutOfMemoryError e) {
            exchange.getResponseBody().write(half);
          } finally {
            exchange.close();
          }
        });
    MemoryChannel channel = new MemoryChannel(POST);
    channel.beforeWrite = () -> failAt(channel, 1);

    channel.serve(server);

    assertThat(channel.writes).hasSize(1);
    assertThat(channel.endings).containsExactly(Ending.ABORT);
    assertThat(log.levels()).contains(Level.WARNING);
  }

  private static void failAt(MemoryChannel channel, int write) {
    if (channel.writes.size() == write) {
      throw new OutOfMemoryError("on purpose");
    }
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

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void unacceptableBodyIsAnsweredEvenIfTheHandlerClosesItsExchange(boolean hidden) {
    MemoryChannel channel =
        served(
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx",
            exchange -> {
              try {
                exchange.sendResponseHeaders(200, 5); // the headers wait for the body
                exchange.getRequestBody().read();
              } catch (IOException e) {
                if (!hidden) {
                  throw e;
                }
              } finally {
                exchange.close();
              }
            });

    assertThat(channel.response()).startsWith("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n");
    assertThat(channel.endings).containsExactly(Ending.CLOSE);
    assertThat(log.levels()).containsExactly(Level.DEBUG);
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

  /** A handler that returns before its exchange has ended. */
  @Nested
  class HandedOver {
    private HttpExchange kept;

    private MemoryChannel open(HttpHandler handler) {
      server.createContext(
          "/",
          exchange -> {
            kept = exchange;
            handler.handle(exchange);
          });
      MemoryChannel channel = new MemoryChannel(POST);
      channel.serve(server);
      assertThat(channel.endings).isEmpty();
      assertThat(log.lines).isEmpty();
      return channel;
    }

    @Test
    void isAnsweredLater() throws IOException {
      MemoryChannel channel = open(exchange -> {});

      assertThat(kept.getRequestBody().readAllBytes()).asString().isEqualTo("hello");
      reply(kept, "later");

      assertThat(channel.response()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nlater");
      assertThat(channel.endings).containsExactly(Ending.REUSE);
      assertThat(log.lines).isEmpty();
    }

    @Test
    void goesOnWithAResponseThatTheHandlerBegan() throws IOException {
      MemoryChannel channel =
          open(
              exchange -> {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write('a');
                exchange.getResponseBody().flush();
              });

      kept.getResponseBody().write('b');
      kept.getResponseBody().close();

      assertThat(channel.response()).endsWith("\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n");
      assertThat(channel.endings).containsExactly(Ending.REUSE);
    }

    @Test
    void endsWithTheLastByteOfAKnownLength() throws IOException {
      MemoryChannel channel = open(exchange -> exchange.sendResponseHeaders(200, 2));

      kept.getResponseBody().write('a');
      assertThat(channel.endings).isEmpty();
      kept.getResponseBody().write('b');

      assertThat(channel.endings).containsExactly(Ending.REUSE);
      assertThatIOException().isThrownBy(() -> kept.getResponseBody().write('c'));
    }

    @Test
    void withoutAnAnswerIs503WhenTimeIsUp() {
      MemoryChannel channel = open(exchange -> exchange.getResponseHeaders().set("X", "never"));

      channel.standStill();

      assertThat(channel.response())
          .startsWith("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n")
          .doesNotContain("X:")
          .endsWith("\r\n\r\nno answer came in time\n");
      assertThat(channel.endings).containsExactly(Ending.CLOSE);
      assertThat(channel.refusals).containsExactly(503);
      assertWarnedOnce(
          "The handler of / has not answered within the exchange timeout; answered with 503");
      assertThatIOException().isThrownBy(() -> reply(kept, "too late"));
      kept.close();
      assertThat(channel.endings).hasSize(1);
    }

    @Test
    void withHeadersThatWereNotSentIs503WhenTimeIsUp() {
      MemoryChannel channel = open(exchange -> exchange.sendResponseHeaders(200, 10));

      channel.standStill();

      assertThat(channel.response()).startsWith("HTTP/1.1 503 ").doesNotContain("200 OK");
      assertThat(channel.endings).containsExactly(Ending.CLOSE);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 10})
    void withHalfAResponseIsCutWhenTimeIsUp(long length) {
      MemoryChannel channel =
          open(
              exchange -> {
                exchange.sendResponseHeaders(200, length);
                exchange.getResponseBody().write('a');
                exchange.getResponseBody().flush();
              });

      channel.standStill();

      assertThat(channel.response()).startsWith("HTTP/1.1 200 OK").doesNotContain("0\r\n\r\n");
      assertThat(channel.endings).containsExactly(Ending.ABORT);
      assertThatIOException().isThrownBy(() -> kept.getResponseBody().write('b'));
      kept.close();
      assertThat(channel.endings).hasSize(1);
      assertWarnedOnce(
          "The handler of / has not gone on with its response within the exchange timeout; cut it");
    }

    @Test
    void withABodyThatIsUnacceptableGetsItsAnswerWhenTimeIsUp() {
      server.createContext("/", exchange -> kept = exchange);
      MemoryChannel channel =
          new MemoryChannel("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx");
      channel.serve(server);
      assertThatIOException().isThrownBy(() -> kept.getRequestBody().read());

      channel.standStill();

      assertThat(channel.response()).startsWith("HTTP/1.1 400 Bad Request\r\n");
      assertThat(log.levels()).containsExactly(Level.DEBUG);
    }

    @Test
    void thatIsClosedInTheMiddleIsCutAndTold() throws IOException {
      MemoryChannel channel =
          open(
              exchange -> {
                exchange.sendResponseHeaders(200, 10);
                exchange.getResponseBody().write('a');
              });

      kept.close();

      assertThat(channel.endings).containsExactly(Ending.ABORT);
      assertWarnedOnce("The handler of / left its response incomplete; cut it");
    }

    @Test
    void thatThrowsAfterwardsIsAnsweredInPlaceOfTheOtherThread() {
      MemoryChannel channel =
          served(
              POST,
              exchange -> {
                kept = exchange;
                throw new IllegalStateException("bug");
              });

      assertThatIOException().isThrownBy(() -> reply(kept, "too late"));

      assertThat(channel.response()).startsWith("HTTP/1.1 500 ").doesNotContain("too late");
      assertThat(channel.endings).containsExactly(Ending.REUSE);
      warned(IllegalStateException.class);
    }

    @Test
    void thatFailsAfterItsTimeWasUpIsToldOnce() {
      MemoryChannel channel = new MemoryChannel(POST);
      server.createContext(
          "/",
          exchange -> {
            channel.standStill(); // while the handler runs
            reply(exchange, "too late");
          });

      channel.serve(server);

      assertThat(channel.response()).startsWith("HTTP/1.1 503 ").doesNotContain("too late");
      assertThat(log.levels()).containsExactly(Level.WARNING, Level.DEBUG);
    }
  }

  /** An action that may fail. */
  private interface IoAction {
    void run() throws IOException;
  }

  @Nested
  class SeveralAnswers {
    @Test
    void areOneAndTheSecondIsTold() {
      MemoryChannel channel =
          served(
              POST,
              exchange -> {
                reply(exchange, "first");
                assertThatIOException().isThrownBy(() -> reply(exchange, "second"));
              });

      assertThat(channel.response()).endsWith("\r\n\r\nfirst").doesNotContain("second");
      assertThat(channel.endings).containsExactly(Ending.REUSE);
    }

    /** One thread answers and the other one closes, as {@code try} and {@code finally} do. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endWithTheOneThatBeganThoughTheOtherCloses(boolean handlerIsLate) throws Exception {
      List<HttpExchange> kept = new ArrayList<>();
      server.createContext(
          "/",
          exchange -> {
            kept.add(exchange);
            if (handlerIsLate) {
              onOtherThread(() -> exchange.sendResponseHeaders(200, 0));
              exchange.sendResponseHeaders(200, 5);
            }
          });
      MemoryChannel channel = new MemoryChannel(POST);
      channel.serve(server);
      HttpExchange exchange = kept.get(0);
      if (!handlerIsLate) {
        exchange.sendResponseHeaders(200, 0);
      }

      onOtherThread(
          () -> {
            try (OutputStream out = exchange.getResponseBody()) {
              exchange.sendResponseHeaders(200, 5);
              out.write("second".getBytes(US_ASCII));
            } catch (IOException e) {
              // too late
            } finally {
              exchange.close();
            }
          });
      assertThat(channel.endings).isEmpty();
      onOtherThread(
          () -> {
            exchange.getResponseBody().write("first".getBytes(US_ASCII));
            exchange.close();
          });

      assertThat(channel.response()).endsWith("\r\n\r\n5\r\nfirst\r\n0\r\n\r\n");
      assertThat(channel.endings).containsExactly(Ending.REUSE);
      assertThat(log.levels())
          .isEqualTo(handlerIsLate ? List.of(Level.WARNING) : List.of()); // the handler failed
    }

    @Test
    void ofOneThreadThatTriesTwiceEndWhenItCloses() {
      MemoryChannel channel =
          served(
              POST,
              exchange -> {
                exchange.sendResponseHeaders(200, 0);
                assertThatIOException().isThrownBy(() -> exchange.sendResponseHeaders(500, 0));
                exchange.close();
              });

      assertThat(channel.response()).endsWith("\r\n\r\n0\r\n\r\n");
    }

    @Test
    void ofAThreadThatWasTooLateEndWhenItGoesOnWithTheOther() throws Exception {
      List<HttpExchange> kept = new ArrayList<>();
      server.createContext("/", kept::add);
      MemoryChannel channel = new MemoryChannel(POST);
      channel.serve(server);
      HttpExchange exchange = kept.get(0);
      onOtherThread(() -> exchange.sendResponseHeaders(200, 0));
      assertThatIOException().isThrownBy(() -> exchange.sendResponseHeaders(200, 0));

      exchange.getResponseBody().write('x');
      exchange.close();

      assertThat(channel.response()).endsWith("\r\n\r\n1\r\nx\r\n0\r\n\r\n");
    }

    private void onOtherThread(IoAction action) throws IOException {
      List<Exception> failures = new ArrayList<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  action.run();
                } catch (IOException e) {
                  failures.add(e);
                }
              });
      thread.start();
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      assertThat(failures).isEmpty();
    }

    /** At the same time, two threads answer, the handler ends, and the time-out fires. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void ofAllSortsAtOnceAreOne(int length) throws Exception {
      ExecutorService threads = Executors.newFixedThreadPool(3);
      try {
        for (int round = 0; round < 3_000; round++) {
          assertOneAnswer(length, round, threads);
        }
      } finally {
        threads.shutdownNow();
      }
    }

    private void assertOneAnswer(int length, int round, ExecutorService threads) throws Exception {
      CyclicBarrier start = new CyclicBarrier(4);
      List<Future<?>> racers = new ArrayList<>();
      MemoryChannel channel = new MemoryChannel(POST);
      HubHttpServer raced =
          new HubHttpServer(
              () -> MemoryChannel.LOCAL, Runnable::run, Optional.empty(), HubLogger.to(log));
      raced.createContext(
          "/",
          exchange -> {
            racers.add(threads.submit(() -> answer(start, exchange, length, "aaaaa")));
            racers.add(threads.submit(() -> answer(start, exchange, length, "bbbbb")));
            racers.add(
                threads.submit(
                    () -> {
                      start.await();
                      if (round % 2 == 0) {
                        channel.standStill();
                      }
                      return null;
                    }));
            await(start);
            if (round % 3 == 0) {
              throw new IllegalStateException("on purpose");
            }
          });

      channel.serve(raced);
      for (Future<?> racer : racers) {
        racer.get(20, TimeUnit.SECONDS);
      }
      channel.standStill(); // if both threads gave up

      assertThat(channel.endings).hasSize(1);
      assertWellFormed(channel.response(), channel.endings.get(0));
    }

    private Void answer(CyclicBarrier start, HttpExchange exchange, int length, String text)
        throws Exception {
      start.await();
      try {
        exchange.getResponseHeaders().set("X-" + text.charAt(0), "1");
        exchange.sendResponseHeaders(200, length);
        exchange.getResponseBody().write(text.getBytes(US_ASCII));
        exchange.close();
      } catch (IOException e) {
        // the other thread was first
      }
      return null;
    }

    private void await(CyclicBarrier start) {
      try {
        start.await();
      } catch (InterruptedException | BrokenBarrierException e) {
        throw new IllegalStateException(e);
      }
    }

    private void assertWellFormed(String response, Ending ending) {
      assertThat(response.split("HTTP/1\\.1", -1)).as(response).hasSizeLessThanOrEqualTo(2);
      if (response.isEmpty()) {
        assertThat(ending).isEqualTo(Ending.ABORT);
        return;
      }
      String body = response.substring(response.indexOf("\r\n\r\n") + 4);
      List<String> whole =
          response.contains("chunked")
              ? List.of("5\r\naaaaa\r\n0\r\n\r\n", "5\r\nbbbbb\r\n0\r\n\r\n")
              : List.of("aaaaa", "bbbbb", "Internal Server Error\n", "no answer came in time\n");
      assertThat(whole)
          .as(response + ending)
          .anyMatch(each -> ending == Ending.ABORT ? each.startsWith(body) : each.equals(body));
    }
  }
}
