package io.github.signalhub.jdkserver.internal.httpconnection;

import io.github.signalhub.internal.counters.CodeCounters;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.ResponseHead;
import io.github.signalhub.jdkserver.internal.socket.ConnectionStage;
import io.github.signalhub.jdkserver.internal.socket.LingeringClose;
import io.github.signalhub.jdkserver.internal.socket.SocketConnection;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;

/**
 * A connection whose last request was refused: the answer is being written. Then comes {@link
 * LingeringClose}, which also discards what the peer has sent meanwhile.
 *
 * <p>Confined to the loop.
 */
final class RefusalStage implements ConnectionStage {
  private static final HubLogger LOG = HubLogger.of(RefusalStage.class);

  private final SocketConnection connection;
  private final ByteBuffer answer;

  private RefusalStage(SocketConnection connection, byte[] answer) {
    this.connection = connection;
    this.answer = ByteBuffer.wrap(answer);
  }

  /**
   * Begins to answer.
   *
   * @param withBody {@code false} in answer to HEAD
   * @param counts of refusals of this kind
   */
  static void begin(
      SocketConnection connection,
      HttpClock clock,
      HttpException refused,
      boolean withBody,
      CodeCounters counts)
      throws IOException {
    int status = refused.status();
    String reason = refused.getMessage();
    counts.count(status);
    LOG.log(Level.DEBUG, "Refused a request with {0}: {1}", status, reason);
    byte[] answer =
        ResponseHead.plainText(status, reason, clock.date(), refused.fields(), withBody);
    RefusalStage stage = new RefusalStage(connection, answer);
    connection.become(stage);
    stage.writable();
  }

  @Override
  public void receive(ByteBuffer in) {}

  @Override
  public void inputEnded() {}

  @Override
  public void writable() throws IOException {
    if (connection.isWriteBlocked()) {
      return;
    }
    connection.write(answer);
    if (!answer.hasRemaining()) {
      LingeringClose.begin(connection);
    }
  }

  @Override
  public void drain() {}

  @Override
  public void ended() {}
}
