package io.github.signalhub.jdkserver.internal.httpconnection;

import io.github.signalhub.internal.address.AddressKey;
import io.github.signalhub.jdkserver.internal.capacity.Capacity;
import io.github.signalhub.jdkserver.internal.capacity.FairShares;
import io.github.signalhub.jdkserver.internal.capacity.HandlerLimits;
import io.github.signalhub.jdkserver.internal.capacity.Limit;
import io.github.signalhub.jdkserver.internal.capacity.Refusals;
import io.github.signalhub.jdkserver.internal.capacity.Workers;
import io.github.signalhub.jdkserver.internal.exchange.ExchangeChannel;
import io.github.signalhub.jdkserver.internal.http.BodyDecoder;
import io.github.signalhub.jdkserver.internal.http.BodyFraming;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.loop.TimerWheel;
import io.github.signalhub.jdkserver.internal.socket.SocketConnection;
import io.github.signalhub.spi.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;

/**
 * One request on its way through a handler: a bounded pipe in either direction between the
 * connection's loop and the threads that answer. A thread of the application may outlive its
 * request. It holds an exchange that is over, and cannot disturb the next one.
 *
 * <p>The handler's place and thread are given back when it returns. The exchange goes on until it
 * is complete. A timer ends it if none of its bytes move for too long. The loop discards the rest
 * of a request that the handler has not read.
 *
 * <p>When the connection is lost and the handler has returned, the exchange holds neither memory
 * nor a place, even if the application keeps it.
 */
final class ExchangePipes implements ExchangeChannel {
  private static final long BODY_GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ServerContext context;
  private final long address;
  private final FairShares.Holding place;
  private final HttpStage stage;
  private final SocketConnection connection;
  private final InetSocketAddress remoteAddress;
  private final HttpClock clock;
  private final Transport transport;
  private final BodyDecoder decoder;
  private final Optional<SSLSession> sslSession;
  private final RequestPipe request;
  private final ResponsePipe response;
  private final TimerWheel.Timer standstill; // confined to the loop, as are the fields after it
  private long movedAt;
  private boolean discarding;
  private boolean restIsBroken;
  private volatile Runnable expired; // null until a handler begins
  private volatile long begunAt;
  private volatile boolean handlerReturned;
  private volatile boolean lost;

  ExchangePipes(
      HttpStage stage,
      SocketConnection connection,
      ServerContext context,
      BodyFraming framing,
      InetSocketAddress remoteAddress) {
    this.stage = stage;
    this.connection = connection;
    this.context = context;
    this.remoteAddress = remoteAddress;
    this.address = AddressKey.of(remoteAddress.getAddress());
    this.place = context.capacity().exchanges().holding(address);
    this.clock = context.clock();
    this.transport = context.transport();
    this.decoder = framing.decoder();
    this.sslSession = connection.sslSession();
    this.standstill = connection.loop().timers().timer(() -> connection.run(this::checkStandstill));
    HandlerLimits limits = context.options().handlers();
    this.request =
        new RequestPipe(
            decoder,
            queue(heldBytes(framing, limits)),
            context.capacity().slowPeers().of(address),
            new RequestPipe.Pace(BODY_GRACE_NANOS, context.options().minBodyBytesPerSecond()),
            isCollected(framing, limits),
            new Owner(() -> onLoop(connection::resume)));
    this.response =
        new ResponsePipe(
            queue(limits.bufferedResponseBytes()),
            context.capacity().slowPeers().of(address),
            new Owner(() -> onLoop(() -> stage.responseReady(this))) {
              @Override
              public HttpException refuse(Refusals.Reason reason) {
                // The handler may ignore the failure, so the loop acts by itself.
                onLoop(() -> stage.abandon(ExchangePipes.this, reason));
                return super.refuse(reason);
              }

              @Override
              public void askWhatPeerTook() {
                onLoop(() -> response.taken(connection.takenBytes()));
              }
            });
  }

  /**
   * Returns whether the body is received before the handler runs. If a client waits to be asked for
   * its body, its handler runs first, because the handler may refuse it.
   */
  private static boolean isCollected(BodyFraming framing, HandlerLimits limits) {
    return limits.bufferedRequestBytes() > 0 && !framing.isEmpty() && !framing.expectsContinue();
  }

  /**
   * Returns how many bytes of the body are held at once. A short body needs no more than it has.
   */
  private static int heldBytes(BodyFraming framing, HandlerLimits limits) {
    int most = limits.heldRequestBytes();
    return framing.chunked() ? most : (int) Math.min(most, framing.length());
  }

  private ByteQueue queue(int maxBytes) {
    return new ByteQueue(maxBytes, context.capacity().buffers().holding(address));
  }

  /**
   * Gives the request to a handler, now or as soon as there is a thread for it.
   *
   * @throws HttpException 503 if its address has too much already
   */
  Workers.Job begin(Runnable serve) {
    Capacity capacity = context.capacity();
    if (!capacity.buffers().hasRoom(address, 1)) {
      throw refuse(Refusals.Reason.BUFFERS);
    }
    if (!request.isFinished() && !capacity.slowPeers().hasRoom(address)) {
      throw refuse(Refusals.Reason.SLOW_BODIES);
    }
    if (!place.tryTake(1)) {
      throw refuse(Refusals.Reason.REQUESTS);
    }
    try {
      Workers.Job job = capacity.handlers().submit(address, () -> run(serve));
      moved();
      standstill.start(timeoutNanos());
      return job;
    } catch (RejectedExecutionException e) {
      throw refuse(Refusals.Reason.HANDLER_THREADS);
    }
  }

  private void run(Runnable serve) {
    try {
      serve.run();
    } finally {
      place.end();
      handlerReturned = true;
      endIfAbandoned();
    }
  }

  /** Takes bytes of the request. They go to the handler, or are discarded once it has ended. */
  void feed(ByteBuffer in) {
    int before = in.remaining();
    if (discarding) {
      discard(in);
    } else {
      request.feed(in);
    }
    if (in.remaining() < before) {
      moved();
    }
  }

  private void discard(ByteBuffer in) {
    try {
      ByteBuffer nowhere = connection.loop().writeBuffer();
      while (!decoder.isFinished() && in.hasRemaining()) {
        decoder.decode(in, nowhere.clear());
      }
    } catch (HttpException e) {
      restIsBroken = true;
      in.position(in.limit());
    }
  }

  /**
   * Drops the bytes that the handler has not read, and discards those that still come. For the
   * loop.
   */
  void discardRequest() {
    discarding = true;
    standstill.cancel();
  }

  /** Returns whether the discarded rest of the request breaks the rules of HTTP. For the loop. */
  boolean isRestBroken() {
    return restIsBroken;
  }

  /** Returns whether the whole request has come. For the loop. */
  boolean isRequestFinished() {
    return decoder.isFinished();
  }

  /** Notes that bytes of the request or the response have moved. For the loop. */
  void moved() {
    movedAt = System.nanoTime();
  }

  private long timeoutNanos() {
    return context.options().timeouts().exchange().toNanos();
  }

  /** Ends the exchange if it has stood still for too long since a handler has it. */
  private void checkStandstill() {
    Runnable expire = expired;
    long now = System.nanoTime();
    long left = timeoutNanos() - Math.min(now - movedAt, now - begunAt);
    if (expire == null) {
      standstill.start(timeoutNanos());
    } else if (left > 0) {
      standstill.start(left);
    } else {
      context.hit(Limit.EXCHANGE_TIMEOUT);
      expire.run();
    }
  }

  /** Counts a refusal, and returns it. */
  HttpException refuse(Refusals.Reason reason) {
    return context.capacity().refusals().refuse(reason, connection.loop(), remoteAddress);
  }

  /** Counts that the body comes too slowly, and returns its refusal. */
  HttpException tooSlow() {
    context.hit(Limit.MIN_REQUEST_BODY_BYTES_PER_SECOND);
    return new HttpException(408, "the body comes too slowly");
  }

  /** Ends an exchange that no handler has seen, or whose response is sent. Idempotent. */
  void end() {
    standstill.cancel();
    request.end();
    response.end();
    place.end();
  }

  RequestPipe request() {
    return request;
  }

  ResponsePipe response() {
    return response;
  }

  /** The connection is gone. For the loop. */
  void cut() {
    standstill.cancel();
    lost();
  }

  /** Makes the application fail, so that it does not wait for a connection that is gone. */
  private void lost() {
    String why = "the connection was lost";
    request.fail(why);
    response.fail(why);
    response.end();
    lost = true;
    endIfAbandoned();
  }

  /**
   * Gives the memory back. The loop and the handler's thread each set their flag, then check both.
   */
  private void endIfAbandoned() {
    if (lost && handlerReturned) {
      request.end();
    }
  }

  @Override
  public InputStream requestBody() {
    return request;
  }

  @Override
  public void write(ByteBuffer... bytes) throws IOException {
    response.write(bytes);
  }

  @Override
  public void finished(Ending ending) {
    request.end();
    response.fail(RequestPipe.OVER);
    onLoop(() -> stage.exchangeEnded(this, ending));
  }

  @Override
  public void refused(int status) {
    context.capacity().counts().refusedRequests().count(status);
  }

  @Override
  public boolean hasWholeRequest() {
    return request.hasAll();
  }

  @Override
  public void onStandstill(Runnable expired) {
    begunAt = System.nanoTime();
    this.expired = expired;
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return sslSession;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  @Override
  public InetSocketAddress localAddress() {
    return connection.localAddress();
  }

  @Override
  public boolean mayKeepAlive() {
    return transport.retryAfter().isEmpty();
  }

  @Override
  public String date() {
    return clock.date();
  }

  /** Answers the questions of the pipes. */
  private class Owner implements PipeOwner {
    private final Runnable onChange;

    private Owner(Runnable onChange) {
      this.onChange = onChange;
    }

    @Override
    public void changed() {
      onChange.run();
    }

    @Override
    public boolean isLoop() {
      return connection.loop().inLoop();
    }

    @Override
    public HttpException refuse(Refusals.Reason reason) {
      return ExchangePipes.this.refuse(reason);
    }

    @Override
    public HttpException tooSlow() {
      return ExchangePipes.this.tooSlow();
    }

    @Override
    public void broken(HttpException refusal) {
      context.hitLimitOf(refusal);
    }
  }

  private void onLoop(SocketConnection.Action action) {
    if (!connection.loop().offer(() -> connection.run(action))) {
      lost(); // the server has stopped, and this connection with it
    }
  }
}
