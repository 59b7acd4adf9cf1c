package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.jdkserver.internal.exchange.ExchangeChannel;
import io.github.signalhub.jdkserver.internal.http.BodyFraming;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One request on its way through a handler: a bounded pipe in either direction between its
 * connection's loop and the handler's thread. A thread that a handler left behind holds an exchange
 * that is over, and cannot disturb the next one.
 */
final class Exchange implements ExchangeChannel {
  private static final long BODY_GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final HttpStage stage;
  private final Endpoint endpoint;
  private final InetSocketAddress remoteAddress;
  private final HttpClock clock;
  private final Intake intake;
  private final RequestPipe request;
  private final ResponsePipe response;

  Exchange(HttpStage stage, Endpoint endpoint, Shared shared, BodyFraming framing, Peer peer) {
    this.stage = stage;
    this.endpoint = endpoint;
    this.remoteAddress = peer.address();
    this.clock = shared.clock();
    this.intake = shared.intake();
    this.request =
        new RequestPipe(
            framing.decoder(),
            () -> onLoop(endpoint::resume),
            BODY_GRACE_NANOS,
            shared.options().minBodyBytesPerSecond());
    this.response = new ResponsePipe(() -> onLoop(() -> stage.responseReady(this)));
  }

  RequestPipe request() {
    return request;
  }

  ResponsePipe response() {
    return response;
  }

  /** Lets the handler's thread fail instead of waiting for a connection that is gone. */
  void lost() {
    IOException cause = new IOException("the connection was lost");
    request.fail(cause);
    response.fail(cause);
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
    IOException over = new IOException("the exchange is over");
    request.fail(over);
    response.fail(over);
    onLoop(() -> stage.exchangeEnded(this, ending));
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  @Override
  public InetSocketAddress localAddress() {
    return endpoint.localAddress();
  }

  @Override
  public boolean mayKeepAlive() {
    return intake.isOpen();
  }

  @Override
  public String date() {
    return clock.date();
  }

  private void onLoop(Endpoint.Action action) {
    try {
      endpoint.loop().execute(() -> endpoint.run(action));
    } catch (RejectedExecutionException e) {
      lost(); // the server has stopped, and this connection with it
    }
  }
}
