package io.github.signalhub.jdkserver.internal.link;

import io.github.signalhub.jdkserver.internal.socket.SocketConnection;
import io.github.signalhub.jdkserver.internal.ws.WebSocketProtocol;
import io.github.signalhub.spi.Link;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Composes what one write sends, in this order:
 *
 * <ol>
 *   <li>the response that opened the link;
 *   <li>the rest of a data frame that the peer has a part of;
 *   <li>control frames;
 *   <li>the hub's data frames, as many as the loop's buffer holds.
 * </ol>
 *
 * <p>It reports to each source how many of its bytes the socket accepted. So one write is one
 * system call, however many frames wait. A pong waits at most for the end of one frame.
 *
 * <p>Mostly only data frames wait, and other links wait for the same ones. Then these are written
 * from the buffer that the links share.
 *
 * <p>Confined to the loop.
 */
final class LinkWriter {
  private final SocketConnection connection;
  private final WebSocketProtocol protocol;
  private final Link link;
  private ByteBuffer response;

  LinkWriter(SocketConnection connection, WebSocketProtocol protocol, Link link, byte[] response) {
    this.connection = connection;
    this.protocol = protocol;
    this.link = link;
    this.response = ByteBuffer.wrap(response);
  }

  /**
   * Writes once.
   *
   * @return whether there may be more to write
   */
  boolean write() throws IOException {
    return write(true);
  }

  /**
   * Writes data frames once, before a close frame of which nothing is written yet.
   *
   * @return whether there may be more data frames
   */
  boolean writeBeforeClose() throws IOException {
    return !protocol.isMidControl() && write(false);
  }

  private boolean write(boolean takesControl) throws IOException {
    boolean controlWaits = takesControl && protocol.hasControl();
    ByteBuffer run = response == null && !controlWaits ? link.takeRun() : null;
    if (run != null) {
      int written = connection.write(run);
      boolean allWritten = !run.hasRemaining();
      boolean moreWaits = link.accepted(written);
      return allWritten && (moreWaits || takesControl && protocol.hasControl()); // such as a close
    }
    ByteBuffer out = connection.loop().writeBuffer().clear();
    int opening = copyResponse(out);
    int data = 0;
    int rest = 0;
    int control = 0;
    if (controlWaits) {
      rest = link.takeUnfinished(out);
      control = rest == link.unfinished() ? protocol.peekControl(out) : 0;
    }
    if (out.hasRemaining()) {
      data = link.take(out);
    }
    if (out.position() == 0) {
      return takesControl
          && protocol.hasControl(); // the link may close now that it has nothing left to send
    }
    boolean full = !out.hasRemaining();
    boolean took = rest + data > 0;
    int written = connection.write(out.flip());
    boolean all = !out.hasRemaining();
    opening = Math.min(opening, written);
    rest = Math.min(rest, written - opening);
    control = Math.min(control, written - opening - rest);
    data = Math.min(data, written - opening - rest - control);
    if (response != null) {
      response.position(response.position() + opening);
      response = response.hasRemaining() ? response : null;
    }
    if (takesControl) {
      protocol.acceptedControl(control);
    }
    boolean more = took && link.accepted(rest + data);
    return all && (full || more || takesControl && protocol.hasControl());
  }

  private int copyResponse(ByteBuffer out) {
    if (response == null) {
      return 0;
    }
    out.put(response.duplicate()); // it is far shorter than the buffer
    return response.remaining();
  }
}
