package io.github.signalhub.jdkserver.internal.httpconnection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.signalhub.jdkserver.internal.capacity.FairShares;
import io.github.signalhub.jdkserver.internal.capacity.Refusals;
import io.github.signalhub.jdkserver.internal.capacity.SlowPeers;
import io.github.signalhub.jdkserver.internal.http.BodyDecoder;
import io.github.signalhub.jdkserver.internal.http.BodyFraming;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounded pipes between a loop and a handler's thread. */
@Timeout(60)
class PipesTest {
  private static final int MAX_BYTES = 64 << 10;
  private static final long ADDRESS = 1;
  private static final long LONG = TimeUnit.MINUTES.toNanos(1);

  @Nested
  class Queue {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void givesBackWhatWasPutInWhateverTheSizes(long seed) {
      Random random = new Random(seed);
      ByteQueue queue = new ByteQueue(5_000, memory(1 << 20));
      ByteArrayOutputStream taken = new ByteArrayOutputStream();
      byte[] all = new byte[200_000];
      random.nextBytes(all);
      ByteBuffer in = ByteBuffer.wrap(all);
      byte[] into = new byte[7_000];

      while (taken.size() < all.length) {
        ByteBuffer part = in.slice();
        part.limit(Math.min(part.limit(), random.nextInt(7_000)));
        queue.put(part);
        in.position(in.position() + part.position());
        assertThat(queue.size()).isLessThanOrEqualTo(5_000);
        taken.write(into, 0, queue.take(into, 0, random.nextInt(7_000)));
      }

      assertThat(taken.toByteArray()).isEqualTo(all);
    }
  }

  @Nested
  class Request {
    @Test
    void bodyIsReadToItsEnd() throws IOException {
      RequestPipe pipe = pipe(5, () -> {}, LONG, 1);
      ByteBuffer in = ascii("helloGET /");

      pipe.feed(in);

      assertThat(in.remaining()).isEqualTo(5);
      assertThat(pipe.isFinished()).isTrue();
      assertThat(pipe.readAllBytes()).asString(US_ASCII).isEqualTo("hello");
      assertThat(pipe.read()).isEqualTo(-1);
    }

    @Test
    void pipeTakesNoMoreThanItsBoundAndTellsWhenThereIsRoom() throws IOException {
      AtomicInteger told = new AtomicInteger();
      RequestPipe pipe = pipe(1 << 20, told::incrementAndGet, LONG, 1);
      ByteBuffer in = ByteBuffer.allocate(1 << 20);

      pipe.feed(in);
      assertThat(in.position()).isEqualTo(MAX_BYTES);
      pipe.readNBytes(1_000);
      assertThat(told).hasValue(0);
      pipe.readNBytes(MAX_BYTES / 2);
      assertThat(told).hasValue(1);
      pipe.feed(in);

      assertThat(in.position()).isGreaterThan(MAX_BYTES);
    }

    @Test
    void readWaitsForBytes() throws Exception {
      RequestPipe pipe = pipe(2, () -> {}, LONG, 1);
      CompletableFuture<String> read =
          CompletableFuture.supplyAsync(() -> unchecked(() -> new String(pipe.readAllBytes())));

      pipe.feed(ascii("a"));
      pipe.feed(ascii("b"));

      assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo("ab");
    }

    @Test
    void bodyThatComesTooSlowlyIs408() {
      RequestPipe pipe = pipe(100, () -> {}, TimeUnit.MILLISECONDS.toNanos(30), 1_000_000);
      pipe.feed(ascii("a"));

      assertThatIOException()
          .isThrownBy(pipe::readAllBytes)
          .havingCause()
          .isInstanceOfSatisfying(HttpException.class, e -> assertThat(e.status()).isEqualTo(408));
    }

    @Test
    void bytesReceivedEarnTime() throws Exception {
      RequestPipe pipe = pipe(61, () -> {}, 0, 1); // a second for each byte
      pipe.feed(ascii("0123456789".repeat(6)));
      CompletableFuture<Integer> read =
          CompletableFuture.supplyAsync(() -> unchecked(() -> pipe.readAllBytes().length));

      pipe.feed(ascii("x"));

      assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(61);
    }

    @Test
    void brokenBodyFailsTheReaderWithItsStatus() {
      BodyDecoder chunked = new BodyFraming(true, -1, false, 4).decoder();
      RequestPipe pipe = request(chunked, () -> {}, LONG, 1);

      pipe.feed(ascii("5\r\nhello\r\n"));

      assertThatIOException()
          .isThrownBy(pipe::readAllBytes)
          .havingCause()
          .isInstanceOfSatisfying(HttpException.class, e -> assertThat(e.status()).isEqualTo(413));
    }

    @Test
    void lossWakesTheReader() {
      RequestPipe pipe = pipe(2, () -> {}, LONG, 1);
      CompletableFuture<Integer> read = CompletableFuture.supplyAsync(() -> unchecked(pipe::read));

      pipe.fail("gone");

      assertThatExceptionOfType(java.util.concurrent.ExecutionException.class)
          .isThrownBy(() -> read.get(30, TimeUnit.SECONDS))
          .withMessageContaining("gone");
    }

    @Test
    void readAfterSomethingWasDroppedFailsInsteadOfEndingTheBodyEarly() throws IOException {
      RequestPipe pipe = pipe(5, () -> {}, LONG, 1);
      pipe.feed(ascii("hello"));
      pipe.readNBytes(2);

      pipe.end();

      assertThatIOException().isThrownBy(pipe::read).withMessage("the exchange is over");
    }

    @Test
    void bodyThatWasReadToItsEndStaysAtItsEnd() throws IOException {
      RequestPipe pipe = pipe(5, () -> {}, LONG, 1);
      pipe.feed(ascii("hello"));
      pipe.readNBytes(5);

      pipe.end();

      assertThat(pipe.read()).isEqualTo(-1);
    }
  }

  @Nested
  class Response {
    @Test
    void writerWaitsWhileThePipeIsFull() throws Exception {
      ResponsePipe pipe = response(() -> {});
      byte[] content = new byte[300_000];
      new Random(1).nextBytes(content);
      CompletableFuture<Void> written =
          CompletableFuture.runAsync(
              () ->
                  unchecked(
                      () -> {
                        pipe.write(ByteBuffer.wrap(content));
                        return null;
                      }));
      ByteArrayOutputStream taken = new ByteArrayOutputStream();

      while (taken.size() < content.length) {
        ByteBuffer out = ByteBuffer.allocate(10_000);
        int peeked = pipe.peek(out);
        assertThat(peeked).isLessThanOrEqualTo(MAX_BYTES);
        int accepted = (peeked + 1) / 2;
        taken.write(out.array(), 0, accepted);
        pipe.consume(accepted);
      }

      written.get(30, TimeUnit.SECONDS);
      assertThat(taken.toByteArray()).isEqualTo(content);
      assertThat(pipe.isEmpty()).isTrue();
    }

    @Test
    void loopIsToldOnceForManyWritesAndAgainAfterItLooked() throws IOException {
      AtomicInteger told = new AtomicInteger();
      ResponsePipe pipe = response(told::incrementAndGet);

      pipe.write(ascii("a"), ascii("b"));
      pipe.write(ascii("c"));
      assertThat(told).hasValue(1);
      pipe.consume(pipe.peek(ByteBuffer.allocate(10)));
      pipe.write(ascii("d"));

      assertThat(told).hasValue(2);
    }

    @Test
    void loopThatIsToldFindsTheHeadAndTheWholeBody() throws IOException {
      AtomicReference<ResponsePipe> pipe = new AtomicReference<>();
      List<String> found = new ArrayList<>();
      pipe.set(response(() -> found.add(taken(pipe.get()))));

      pipe.get().write(ascii("head "), ascii("body"));

      assertThat(found).containsExactly("head body");
    }

    @Test
    void arrayGrowsAtOnceToWhatComesTogether() throws IOException {
      FairShares memory = new FairShares(1 << 20);
      ResponsePipe pipe = response(new ByteQueue(MAX_BYTES, memory.holding(ADDRESS)), () -> {});

      pipe.write(ByteBuffer.allocate(150), ByteBuffer.allocate(50_000));

      assertThat(memory.used()).isEqualTo(50_150);
    }

    @Test
    void whileMemoryIsShortTheArrayGrowsInSmallSteps() throws Exception {
      FairShares memory = new FairShares(10_000);
      ResponsePipe pipe = response(new ByteQueue(MAX_BYTES, memory.holding(ADDRESS)), () -> {});
      CompletableFuture<Void> written =
          CompletableFuture.runAsync(
              () ->
                  unchecked(
                      () -> {
                        pipe.write(ByteBuffer.wrap("x".repeat(50_000).getBytes(US_ASCII)));
                        return null;
                      }));
      StringBuilder taken = new StringBuilder();

      while (taken.length() < 50_000) {
        taken.append(taken(pipe));
      }

      written.get(30, TimeUnit.SECONDS);
      assertThat(memory.used()).isEqualTo(8 << 10);
    }

    @Test
    void peerThatTakesWhatItsSocketHoldsIsNotSlowThoughTheSocketHasNoRoomYet() throws Exception {
      SlowPeers peers = new SlowPeers(1, () -> true);
      AtomicReference<ResponsePipe> pipe = new AtomicReference<>();
      CountDownLatch looks = new CountDownLatch(20);
      TestOwner owner =
          new TestOwner(() -> {}) {
            @Override
            public void askWhatPeerTook() {
              looks.countDown();
              pipe.get().taken((20 - looks.getCount()) << 20);
            }
          };
      pipe.set(
          new ResponsePipe(new ByteQueue(MAX_BYTES, memory(1 << 20)), peers.of(ADDRESS), owner));
      CompletableFuture<Void> written =
          CompletableFuture.runAsync(
              () ->
                  unchecked(
                      () -> {
                        pipe.get().write(ByteBuffer.allocate(2 * MAX_BYTES));
                        return null;
                      }));

      assertThat(looks.await(30, TimeUnit.SECONDS)).isTrue();

      assertThat(peers.count()).isZero();
      while (!pipe.get().isEmpty()) {
        pipe.get().consume(pipe.get().peek(ByteBuffer.allocate(10_000)));
      }
      written.get(30, TimeUnit.SECONDS);
    }

    @Test
    void lossFailsTheWriterAndEveryLaterOne() {
      ResponsePipe pipe = response(() -> {});
      CompletableFuture<Void> written =
          CompletableFuture.runAsync(
              () ->
                  unchecked(
                      () -> {
                        pipe.write(ByteBuffer.allocate(1 << 20));
                        return null;
                      }));

      pipe.fail("gone");

      assertThatExceptionOfType(java.util.concurrent.ExecutionException.class)
          .isThrownBy(() -> written.get(30, TimeUnit.SECONDS));
      assertThatIOException().isThrownBy(() -> pipe.write(ascii("x"))).withMessage("gone");
    }
  }

  private interface Throwing<T> {
    T get() throws IOException;
  }

  private static <T> T unchecked(Throwing<T> action) {
    try {
      return action.get();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static RequestPipe pipe(long length, Runnable onRoom, long grace, long rate) {
    return request(new BodyFraming(false, length, false, length).decoder(), onRoom, grace, rate);
  }

  private static RequestPipe request(BodyDecoder decoder, Runnable onRoom, long grace, long rate) {
    return new RequestPipe(
        decoder,
        new ByteQueue(MAX_BYTES, memory(1 << 20)),
        new SlowPeers(1, () -> false).of(ADDRESS),
        new RequestPipe.Pace(grace, rate),
        false,
        new TestOwner(onRoom));
  }

  private static ResponsePipe response(Runnable onBytes) {
    return response(new ByteQueue(MAX_BYTES, memory(1 << 20)), onBytes);
  }

  private static ResponsePipe response(ByteQueue queue, Runnable onBytes) {
    return new ResponsePipe(
        queue, new SlowPeers(1, () -> false).of(ADDRESS), new TestOwner(onBytes));
  }

  /** Takes what is there, as the loop does. */
  private static String taken(ResponsePipe pipe) {
    ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);
    pipe.consume(pipe.peek(out));
    return US_ASCII.decode(out.flip()).toString();
  }

  private static FairShares.Holding memory(int bytes) {
    return new FairShares(bytes).holding(ADDRESS);
  }

  /** A handler's thread that is no loop. */
  private static class TestOwner implements PipeOwner {
    private final Runnable onChange;

    private TestOwner(Runnable onChange) {
      this.onChange = onChange;
    }

    @Override
    public void changed() {
      onChange.run();
    }

    @Override
    public boolean isLoop() {
      return false;
    }

    @Override
    public HttpException tooSlow() {
      return new HttpException(408, "the body comes too slowly");
    }

    @Override
    public void broken(HttpException refusal) {}

    @Override
    public HttpException refuse(Refusals.Reason reason) {
      return new HttpException(503, reason.name());
    }
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(US_ASCII));
  }
}
