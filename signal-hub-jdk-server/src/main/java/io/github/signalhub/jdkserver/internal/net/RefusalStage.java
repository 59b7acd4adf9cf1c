package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.ResponseHead;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;

/**
 * A connection whose last request goes no further: the answer to it is being written. Then comes
 * {@link LingeringClose}, which also discards what the peer has sent meanwhile.
 *
 * <p>Confined to the loop.
 */
final class RefusalStage implements Stage {
  private static final HubLogger LOG = HubLogger.of(RefusalStage.class);

  private final Endpoint endpoint;
  private final ByteBuffer answer;

  private RefusalStage(Endpoint endpoint, byte[] answer) {
    this.endpoint = endpoint;
    this.answer = ByteBuffer.wrap(answer);
  }

  /**
   * Begins to answer.
   *
   * @param withBody {@code false} in answer to HEAD
   */
  static void begin(Endpoint endpoint, HttpClock clock, HttpException refused, boolean withBody)
      throws IOException {
    int status = refused.status();
    String reason = refused.getMessage();
    LOG.log(Level.DEBUG, "Refused a request with {0}: {1}", status, reason);
    byte[] answer =
        ResponseHead.plainText(status, reason, clock.date(), refused.fields(), withBody);
    RefusalStage stage = new RefusalStage(endpoint, answer);
    endpoint.become(stage);
    stage.writable();
  }

  @Override
  public void receive(ByteBuffer in) {}

  @Override
  public void inputEnded() {}

  @Override
  public void writable() throws IOException {
    if (endpoint.isWriteBlocked()) {
      return;
    }
    endpoint.write(answer);
    if (!answer.hasRemaining()) {
      LingeringClose.begin(endpoint);
    }
  }

  @Override
  public void drain() {}

  @Override
  public void cut() {}
}
